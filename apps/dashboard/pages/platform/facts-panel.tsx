import type { Platform } from '@kiln/client/platform-documents';
import { number } from '../../lib/time.ts';
import { Fact } from '../../parts/fact.tsx';
import { Panel } from './panel.tsx';
import classes from './platform.module.css';

/** What the check found out, and Kiln goes by. */
export function FactsPanel({ platform: { facts, connection } }: { readonly platform: Platform }) {
  if (!facts || !connection) return null;
  const { home, root, cores, scheduler } = facts;
  return (
    <Panel title="What is there">
      <dl className={classes['list']}>
        {scheduler && <Fact name="Scheduler">{scheduler.version}</Fact>}
        {scheduler?.cores != null && <Fact name="Cores of the cluster">{number(scheduler.cores)}</Fact>}
        {scheduler && <Fact name="Largest array">{number(scheduler.arrayLimit)} elements</Fact>}
        <Fact name={scheduler ? 'Cores of the login node' : 'Cores'}>{number(cores)}</Fact>
        <Fact name="Home">
          <span className="mono">{home}</span>
        </Fact>
        <Fact name="Jobs live in">
          <span className="mono">{root}</span>
        </Fact>
      </dl>
    </Panel>
  );
}
