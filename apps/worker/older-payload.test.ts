import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTask } from '@kiln/db/load-state';
import { requestCancel } from '@kiln/db/submit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { installation } from './testing/installation.ts';
import { processesOf } from './testing/processes.ts';
import { superviseWorker } from './testing/supervised-worker.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
let worker: ReturnType<typeof superviseWorker>;
beforeAll(async () => {
  kiln = await installation();
  worker = superviseWorker(kiln.db.url, kiln.home);
});
afterAll(async () => {
  await worker.stop();
  await kiln.close();
});

const START = 'process_payload/start_running_process.sh';
const DONE = 'process_payload/process_running_done.sh';

test('a synchronous payload of the older layout runs as it is, with its inputs, and leaves what is in chiminey/', async () => {
  await kiln.connector('pairs', {
    'connector.yaml': 'description: Two numbers a task.\nrunsOn: unix\nsweep: { var: [1, 2] }\n',
    'start_bootstrap.sh': 'echo prepared >prepared\n',
    'bootstrap_done.sh': 'cat prepared && echo Environment Setup Completed\n',
    'initial/model_template': 'var {{var}}, task {{run_counter}}, {{seed}}\n',
    values: '{"seed": 42}',
    [START]: '#!/bin/sh\ncat ../prepared chiminey/model >chiminey/rand\n',
    [DONE]: '#!/bin/sh\necho stopped\n',
  });
  const job = await kiln.submit('pairs', 'local', { seed: 43 });
  expect((await kiln.ended(job)).job).toMatchObject({ status: 'succeeded', ending: null });
  expect(await kiln.output(`pairs${job}/output/2/rand`)).toBe('prepared\nvar 2, task 2, 43\n');
  expect(JSON.parse(await kiln.output(`pairs${job}/output/1/values`))).toEqual({ seed: 43, var: 1, run_counter: 1 });
  expect((await readdir(join(kiln.home, `outputs/pairs${job}/output_0/1`))).sort()).toEqual(['model', 'model_template', 'rand', 'values']);
  expect(await readdir(join(kiln.home, 'scratch'))).toEqual([]);
});

/** Begins something in the background that goes on until there is a file; each task notes that it began. */
const inBackground = (gate: string, began: string) => ({
  [START]: `#!/bin/sh
(echo $n >>"${began}"; while [ ! -e "${gate}" ]; do sleep 0.1; done; echo "end of $n" >chiminey/end) &
echo "$!" > "run.pid"\n`,
  [DONE]: '#!/bin/sh\nif kill -0 `cat run.pid` 2>/dev/null\nthen\n  echo still running\nelse\n  echo stopped\nfi\n',
});

test('an asynchronous one goes on while its worker is killed, and is waited for by the next', async () => {
  const [gate, began] = [join(kiln.home, 'gate'), join(kiln.home, 'began')];
  await kiln.connector('background', {
    'connector.yaml': 'description: Runs in the background.\nrunsOn: unix\nsweep: { n: [1, 2] }\n',
    ...inBackground(gate, began),
  });
  const job = await kiln.submit('background', 'local');
  await kiln.until(job, ({ counts }) => counts.running === 2);
  await vi.waitFor(() => expect(existsSync(began)).toBe(true), 20_000);
  const deaths = worker.deaths();
  worker.kill();
  await vi.waitFor(() => expect(worker.deaths()).toBe(deaths + 1), 20_000);
  await writeFile(gate, '');
  expect((await kiln.ended(job)).job).toMatchObject({ status: 'succeeded', ending: null });
  for (const n of [1, 2]) {
    expect(await kiln.output(`background${job}/output/${n}/end`)).toBe(`end of ${n}\n`);
    expect(await loadTask(kiln.db, job, n)).toMatchObject({ attempt: 1, failure: null });
  }
  expect((await readFile(began, 'utf8')).split('\n').sort()).toEqual(['', '1', '2']);
});

test('cancel ends what one has started in the background, too', async () => {
  await kiln.connector('endless', inBackground(join(kiln.home, 'never'), join(kiln.home, 'began-endless')));
  const job = await kiln.submit('endless', 'local');
  await vi.waitFor(() => expect(existsSync(join(kiln.home, 'began-endless'))).toBe(true), 60_000);
  expect(await requestCancel(kiln.db, job)).toBe(true);
  expect((await kiln.ended(job)).job.status).toBe('cancelled');
  expect(await processesOf(`${join(kiln.home, 'scratch', `endless${job}`)}/`)).toEqual([]);
});

test('scripts that fail are quoted, and a task that fails is tried again from its beginning', async () => {
  await kiln.connector('no-frob', { 'start_bootstrap.sh': 'echo "no such package: frob" >&2\nexit 4\n', [START]: ':\n' });
  const { job } = await kiln.ended(await kiln.submit('no-frob', 'local'));
  expect(job.ending).toMatchObject({
    code: 'BOOTSTRAP_FAILED',
    message: expect.stringMatching(/on local: start_bootstrap\.sh exited with code 4: no such package: frob$/),
  });

  await kiln.connector('second-try', {
    'connector.yaml': 'description: Fails at first.\nrunsOn: unix\nreliability: true\n',
    [START]:
      'ls chiminey >chiminey/found\necho "attempt $KILN_ATTEMPT" >>chiminey/found\n[ $KILN_ATTEMPT = 2 ] || { echo diverged >&2; exit 3; }\n',
  });
  const retried = await kiln.submit('second-try', 'local', { reschedule_failed_tasks: true, maximum_retries: 1, retry_delay: 0 });
  expect((await kiln.ended(retried)).job).toMatchObject({ status: 'succeeded' });
  expect(await kiln.output(`second-try${retried}/output/1/found`)).toBe('found\nvalues\nattempt 2\n');
  expect(await kiln.output(`second-try${retried}/logs/1.err`)).toBe('diverged\nstart_running_process.sh exited with code 3: diverged\n');
});
