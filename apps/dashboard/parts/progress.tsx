import { many, number } from '../lib/time.ts';

interface ProgressProps<S extends string> {
  /** What is counted, in the singular. */
  readonly noun: string;
  readonly total: number;
  /** The states that are drawn, from the left. */
  readonly states: readonly { readonly name: S; readonly count: number; readonly fill: string }[];
  readonly ended: number;
  readonly failed: number;
}

/** How far things of a kind are: a bar of states with the numbers beside it. */
export function Progress<S extends string>({ noun, total, states, ended, failed }: ProgressProps<S>) {
  const told = states.filter(({ count }) => count > 0).map(({ name, count }) => `${number(count)} ${name}`);
  const words = `${many(total, noun)}: ${told.join(', ') || 'all waiting'}`;
  return (
    <div style={{ display: 'flex', alignItems: 'center', gap: 8, minWidth: 0 }}>
      <div
        role="progressbar"
        aria-label={words}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={ended}
        title={words}
        style={{
          display: 'flex',
          flex: '1 1 60px',
          minWidth: 40,
          height: 6,
          borderRadius: 3,
          overflow: 'hidden',
          background: 'var(--kiln-cell-waiting)',
        }}
      >
        {states.map(({ name, count, fill }) => (
          <span key={name} style={{ width: `${(100 * count) / Math.max(1, total)}%`, background: fill }} />
        ))}
      </div>
      <span className="tabular" style={{ fontSize: 12, whiteSpace: 'nowrap', color: 'var(--mantine-color-dimmed)' }}>
        {number(ended)}/{number(total)}
        {failed > 0 && <span style={{ color: 'var(--kiln-failed)' }}> · {number(failed)} failed</span>}
      </span>
    </div>
  );
}
