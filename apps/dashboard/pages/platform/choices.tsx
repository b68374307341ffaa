import { useId } from 'react';
import classes from './form.module.css';
import type { Choice } from './kinds.ts';

interface ChoicesProps<V extends string> {
  readonly label: string;
  readonly choices: readonly Choice<V>[];
  readonly value: V;
  onChange(value: V): void;
}

/** One of a few, each explained. */
export function Choices<V extends string>({ label, choices, value, onChange }: ChoicesProps<V>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={classes['choices']}>
      {choices.map((choice) => (
        <label key={choice.value} className={classes['choice']}>
          <input type="radio" name={name} checked={choice.value === value} onChange={() => onChange(choice.value)} />
          <div>
            <strong>{choice.title}</strong>
            <span>{choice.help}</span>
          </div>
        </label>
      ))}
    </div>
  );
}
