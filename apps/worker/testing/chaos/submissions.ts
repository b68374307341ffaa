import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is submitted again and again; whatever is killed, each of a kind leaves the same. */
export interface Submission {
  readonly kind: string;
  readonly connector: string;
  readonly parameters: Readonly<Record<string, unknown>> & { readonly platform: string };
  /** Attempts that each task has if nothing of its runner is killed. */
  attempts(task: number): number;
  /** It would never end, and is cancelled, each at another stage. */
  readonly endless: boolean;
}

/** Notes that an attempt of a task began where no directory of the job is. A second line for the same one is what must never be. */
const EFFECT = 'echo "$' + '{KILN_JOB_DIRECTORY%/} $KILN_TASK $KILN_ATTEMPT" >>"$effects"\n';
const RESULT = 'sleep "1.$n"\nprintf "%s of %s\\n" "$KILN_TASK" "$n" >"$2/n"\necho "task $KILN_TASK"\n';
/** A process that a task leaves behind: it goes when the job ends, at the latest. */
const LEFT = 'sleep 600 >/dev/null 2>&1 &\n';
const OPTIONS = 'runsOn: [unix, cloud]\nreliability: true\nparameters: { effects: { default: "" } }\nsweep: { n: [1, 2, 3, 4, 5, 6] }\n';

const CONNECTORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: {
    'connector.yaml': `description: Notes that it was here.\n${OPTIONS}`,
    'process_payload/main.sh': `#!/bin/sh\n${EFFECT}${RESULT}`,
  },
  staged: {
    'connector.yaml': `description: Has all of its scripts, and files of its own.\n${OPTIONS}`,
    'bootstrap.sh': 'echo installed >"$KILN_JOB_DIRECTORY/installed"\n',
    'process_payload/schedule.sh': 'echo "$n" >"$1/scheduled"\n',
    'process_payload/data.txt': 'data\n',
    'process_payload/main.sh': `#!/bin/sh\n${EFFECT}cat data.txt "$KILN_JOB_DIRECTORY/installed" "$1/scheduled" >"$2/all" || exit\n${LEFT}${RESULT}`,
  },
  flaky: {
    'connector.yaml': `description: Fails at first.\n${OPTIONS}`,
    'process_payload/main.sh': `#!/bin/sh\n${EFFECT}[ "$KILN_ATTEMPT" -gt 1 ] || [ "$n" -lt 3 ] || { echo half >"$2/half"; exit 3; }\n${RESULT}`,
  },
  endless: {
    'connector.yaml': `description: Never ends.\n${OPTIONS}`,
    'process_payload/main.sh': `#!/bin/sh\n${EFFECT}${LEFT}sleep 600\n`,
  },
  iterated: {
    'connector.ts': `import { defineConnector } from '@kiln/domain';
      export default defineConnector({
        description: 'Repeats until it has come close.',
        runsOn: ['unix', 'cloud'],
        reliability: true,
        parameters: { effects: { default: '' } },
        sweep: (_parameters, iteration) => ({ n: [1 + iteration, 2 + iteration] }),
        transform: async ({ tasks, iteration }) => {
          const scores: Record<string, number> = {};
          for (const task of tasks) scores[task.number] = Number(await task.text('score'));
          return {
            scores,
            keep: tasks.slice(0, 1).map(({ number }) => number),
            inputs: [{ from: tasks[0].number, files: { 'from.txt': 'iteration ' + iteration, 'score.txt': { task: tasks[0].number, path: 'score' } } }],
          };
        },
        converged: ({ iterations }) => ({ done: iterations.length === 2, criterion: 1 / 2 ** iterations.length }),
      });`,
    'process_payload/main.sh': `#!/bin/sh\n${EFFECT}echo "$n.5" >"$2/score"\ncat "$1"/*.txt >"$2/inputs" 2>/dev/null\n${RESULT}`,
  },
};

const FAILS_AT_FIRST = 3;

/** `remote` and `cluster` are the names of platforms over SSH. */
export function submissions(effects: string, remote: string, cluster: string): readonly Submission[] {
  const on = submitting(effects);
  const flaky = (task: number) => (task < FAILS_AT_FIRST ? 1 : 2);
  return [
    on('local', 'plain'),
    on(remote, 'staged'),
    on('local', 'flaky', {}, flaky),
    on(remote, 'iterated', { maximum_iterations: 5 }),
    on(cluster, 'plain'),
    on('local-cloud', 'staged', { nodes: 2, minimum_nodes: 2 }),
    on(remote, 'endless'),
    on(remote, 'plain'),
    on('local', 'iterated', { maximum_iterations: 5 }),
    on(remote, 'flaky', {}, flaky),
    on('local-cloud', 'endless', { nodes: 2, minimum_nodes: 1 }),
  ];
}

/** Jobs that are soon through with their tasks: of most of their time, machines come and go. */
export function cloudSubmissions(effects: string, cloud: string): readonly Submission[] {
  const machines = { nodes: 2, minimum_nodes: 2, sweep: { n: [1, 2] } };
  return ['staged', 'endless', 'plain', 'endless'].map((connector) => submitting(effects)(cloud, connector, machines));
}

function submitting(effects: string) {
  const common = { effects, reschedule_failed_tasks: true, maximum_retries: 50, retry_delay: 0 };
  return (platform: string, connector: string, more = {}, attempts: Submission['attempts'] = () => 1): Submission => ({
    kind: `${connector}@${platform}`,
    connector,
    parameters: { platform, ...common, ...more },
    attempts,
    endless: connector === 'endless',
  });
}

export async function writeConnectors(home: string): Promise<void> {
  for (const [name, files] of Object.entries(CONNECTORS)) {
    for (const [path, text] of Object.entries(files)) {
      const file = join(home, 'payloads', name, path);
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
    }
  }
}
