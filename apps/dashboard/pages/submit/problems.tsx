import { Anchor, Text } from '@mantine/core';
import type { FieldProblem } from './field-problems.ts';
import classes from './submit.module.css';

export function Problems({ problems }: { readonly problems: readonly FieldProblem[] }) {
  return (
    <div role="alert" className={classes['problems']}>
      <Text size="sm" fw={600}>
        {problems.length === 1 ? 'One thing is wrong' : `${problems.length} things are wrong`}
      </Text>
      <ul>
        {problems.map(({ path, message }) => (
          <li key={`${path.join('.')} ${message}`}>
            {path.length === 0 ? (
              message
            ) : (
              <Anchor component="button" type="button" size="sm" ta="start" underline="always" onClick={() => focusField(path)}>
                {message}
              </Anchor>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

export function focusField([name = '']: readonly string[]): void {
  const field = document.getElementById(`root_${name}`);
  field?.closest('details')?.setAttribute('open', '');
  field?.scrollIntoView({ block: 'center' });
  field?.focus();
}
