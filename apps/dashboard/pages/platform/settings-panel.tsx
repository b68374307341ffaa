import type { Platform } from '@kiln/client/platform-documents';
import type { Limits, Resources } from '@kiln/domain';
import { Button } from '@mantine/core';
import { memoryText, walltimeText } from '../../lib/resources-text.ts';
import { Fact } from '../../parts/fact.tsx';
import { Panel } from './panel.tsx';
import classes from './platform.module.css';

/** What was said when it was registered; blank is left out. */
export function SettingsPanel({ platform, onEdit }: { readonly platform: Platform; onEdit(): void }) {
  const { settings, kind, connection, owned } = platform;
  if (!connection) return null;
  const { root, home, modules, setup, limits } = settings;
  const batch = kind !== 'unix';
  return (
    <Panel
      title="Settings and limits"
      aside={
        owned && (
          <Button size="compact-sm" variant="default" onClick={onEdit}>
            Change…
          </Button>
        )
      }
    >
      <dl className={classes['list']}>
        {root !== '' && <Fact name="Root">{root}</Fact>}
        {home !== '' && <Fact name="Home">{home}</Fact>}
        {modules.length > 0 && <Fact name="Modules">{modules.join(', ')}</Fact>}
        {setup !== '' && (
          <div className={classes['whole']}>
            <dt>Setup lines</dt>
            <dd>
              <pre className={`mono ${classes['lines']}`}>{setup}</pre>
            </dd>
          </div>
        )}
        {/* The shape is the API's contract. */}
        {batch &&
          resourceFacts(settings.resources as Resources).map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        {limitFacts(limits, batch).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
    </Panel>
  );
}

function resourceFacts(resources: Resources): [string, string][] {
  const { nodes, cores, memory, gpus, walltime, queue, account, project, qos, directives } = resources;
  const facts: [string, string | number | undefined][] = [
    ['Queue', queue],
    ['Account', account],
    ['Project', project],
    ['QOS', qos],
    ['Walltime of a task', walltime && walltimeText(walltime)],
    ['Memory of a task', memory && memoryText(memory)],
    ['Machines of a task', nodes],
    ['Cores of a task', cores],
    ['GPUs of a task', gpus],
    ['Further directives', directives?.join(' ')],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}

function limitFacts(limits: Limits, batch: boolean): [string, string][] {
  return [
    [batch ? 'Elements in the queue' : 'Tasks at once, over all jobs', limits.tasks === null ? 'no limit' : `at most ${limits.tasks}`],
    ...(batch ? [['Submissions', `at most ${limits.submissionsPerMinute} a minute`] satisfies [string, string]] : []),
    ['Commands', `at most ${limits.commandsPerSecond} a second`],
    ['SSH connections', `at most ${limits.connections}, of ${limits.sessions} sessions each`],
    ['A machine is lost', `when it cannot be reached for ${walltimeText(limits.lostAfter)}`],
  ];
}
