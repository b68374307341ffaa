import type { FailureCount } from '../../../lib/documents.ts';
import { number } from '../../../lib/time.ts';
import classes from './failures.module.css';

/** What went wrong how often, and what can be done about it. */
export function FailureCounts({ failures }: { readonly failures: readonly FailureCount[] }) {
  return (
    <ul className={classes['counts']} aria-label="Failures by code">
      {failures.map(({ code, count, advice }) => (
        <li key={code}>
          <span className="mono">{code}</span> <strong className="tabular">{number(count)}</strong> <span>{advice}</span>
        </li>
      ))}
    </ul>
  );
}
