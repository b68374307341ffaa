import { loadTasks } from '@kiln/db/load-state';
import { TASK_STATES } from '@kiln/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
beforeAll(async () => {
  kiln = await installation();
  await kiln.worker();
});
afterAll(() => kiln.close());

test('what a connector declares is read from the files of each task that succeeded, in its last attempt', async () => {
  await kiln.connector('measured', {
    'connector.yaml': `description: Leaves numbers.
runsOn: [unix, cloud]
reliability: true
sweep: { n: [1, 2, 3, 4] }
outputs:
  energy: { file: result.json, json: energy }
  least: { file: steps.csv, column: e, row: minimum }
  never: { file: nowhere.json, json: x }
`,
    'process_payload/main.sh': `#!/bin/sh
printf '{"energy": %s}' "$KILN_ATTEMPT.$n" >"$2/result.json"
[ "$n" != 3 ] || printf 'step,e\n1,5\n2,-2\n3,4\n' >"$2/steps.csv"
[ "$n" != 2 ] || [ "$KILN_ATTEMPT" -gt 1 ] || exit 1
[ "$n" != 4 ] || exit 2
`,
  });
  const parameters = { reschedule_failed_tasks: true, maximum_retries: 1, retry_delay: 0, nodes: 2, minimum_nodes: 1 };
  for (const platform of ['local', 'local-cloud']) {
    const id = await kiln.submit('measured', platform, parameters);
    expect((await kiln.ended(id)).job.status).toBe('failed'); // task 4
    const tasks = await loadTasks(kiln.db, id, { iteration: 0, states: TASK_STATES });
    expect(tasks.map(({ number, state, numbers }) => [number, state, numbers])).toEqual([
      [1, 'succeeded', { energy: 1.1 }],
      [2, 'succeeded', { energy: 2.2 }],
      [3, 'succeeded', { energy: 1.3, least: -2 }],
      [4, 'failed', {}],
    ]);
  }
});
