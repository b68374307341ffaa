import { Button, Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { MOST_COMPARED, type Selection } from '../lib/use-selection.ts';
import classes from './compare.module.css';

interface CompareBoxProps {
  readonly selection: Selection;
  /** Number of the job, or of the task as in `12.3`. */
  readonly subject: string;
  /** For people. */
  readonly name: string;
}

/** Chooses a row to be compared with others. */
export function CompareBox({ selection: { chosen, toggle }, subject, name }: CompareBoxProps) {
  const checked = chosen.includes(subject);
  return (
    <Checkbox
      size="xs"
      className={classes['box']}
      aria-label={`Compare ${name}`}
      checked={checked}
      disabled={!checked && chosen.length >= MOST_COMPARED}
      onChange={() => toggle(subject)}
    />
  );
}

/** What is chosen, and the way to its comparison. */
export function CompareBar({ selection: { chosen, clear } }: { readonly selection: Selection }) {
  return (
    <div role="status" aria-label="Chosen to be compared" className={classes['bar']} data-shown={chosen.length > 0}>
      {chosen.length > 0 && (
        <>
          <span>
            {chosen.length} chosen
            {chosen.length === 1 && '; choose another to compare them'}
            {chosen.length === MOST_COMPARED && ', the most that are compared at once'}
          </span>
          {chosen.length > 1 && (
            <Button size="compact-sm" renderRoot={(props) => <Link to="/compare" search={{ jobs: chosen.join(',') }} {...props} />}>
              Compare
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={clear}>
            Clear
          </Button>
        </>
      )}
    </div>
  );
}
