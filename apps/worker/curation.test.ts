import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { updatePlatform } from '@kiln/db/change-platform';
import { tryPlatform } from '@kiln/db/platform-jobs';
import { seal } from '@kiln/db/sealing';
import { findSealingKey } from '@kiln/db/sealing-key';
import { requestMoreIterations } from '@kiln/db/steer-job';
import { requestCancel } from '@kiln/db/submit';
import { CURATION_SCHEMAS, type CuratorKey, type Parameters } from '@kiln/domain';
import { type MyTardisServer, myTardisServer } from '@kiln/testing/mytardis/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { checked, registered } from './testing/registered.ts';
import { superviseWorker } from './testing/supervised-worker.ts';

const THREE = {
  'connector.yaml': `description: Writes.
runsOn: unix
parameters: { scale: { default: 2 } }
sweep: { n: [1, 2, 3] }
outputs: { size: { file: size.json, json: size, unit: m } }
`,
  'process_payload/main.sh': `#!/bin/sh
mkdir -p "$2/deep/er"
echo "{\\"size\\": $((n * scale))}" >"$2/size.json"
echo "task $n" >"$2/deep/er/n.txt"
: >"$2/nothing"
`,
};

let kiln: Awaited<ReturnType<typeof installation>>;
let server: MyTardisServer;
beforeEach(async () => {
  [kiln, server] = await Promise.all([installation(), myTardisServer(Object.values(CURATION_SCHEMAS))]);
  await kiln.connector('three', THREE);
});
afterEach(async () => {
  await kiln.close();
  await server.close();
});

const address = () => ({ url: server.url, user: 'ann', largestFile: 1 });
const password = (secret: string): CuratorKey => ({ kind: 'curator-password', secret });

async function register(): Promise<void> {
  const platform = await registered(kiln.db, kiln.user.id, {
    name: 'tardis',
    kind: 'mytardis',
    curator: address(),
    enrolment: password('secret'),
  });
  expect(platform.state).toBe('ready');
}

const submit = (parameters: Parameters = {}, outputPath = '', connector = 'three') =>
  kiln.submit(connector, 'local', { curator: 'tardis', output_path: outputPath, scale: 2, ...parameters }, outputPath);

/** What is there: each file as DATASET/PATH. */
const files = () =>
  server.records.files
    .map(({ dataset, directory, filename }) => {
      const name = server.records.datasets.find(({ id }) => id === dataset)?.description;
      return [name, directory, filename].filter((part) => part !== '').join('/');
    })
    .sort();

/** Resolves with a job that has ended; whenever it is blocked, somebody has it tried at once. */
async function endedSoon(jobId: number) {
  for (;;) {
    const { job } = await kiln.until(jobId, (state) => state.job.status !== 'active');
    if (job.status !== 'blocked') return kiln.ended(jobId);
    await tryPlatform(kiln.db, 'tardis');
    await kiln.until(jobId, (state) => state.job.revision !== job.revision);
  }
}

const OF_THREE = [
  ...[1, 2, 3].flatMap((task) => [`final_0_${task}/deep/er/n.txt`, `final_0_${task}/size.json`]),
  'initial_1/parameters.json',
];

test('a sweep is published: its experiment, a dataset for each task, all files, and what is said of them', async () => {
  await kiln.worker();
  await register();
  const jobId = await submit({ scale: 5 }, 'above/mine');
  const { job } = await kiln.ended(jobId);
  expect(job.status).toBe('succeeded');
  expect(job.curation).toMatchObject({
    experiment: 1,
    url: `${server.url}/experiment/view/1/`,
    datasets: 4,
    files: 7,
    leftOut: 3,
    unknown: [],
  });
  expect(server.records.experiments).toMatchObject([{ title: `mine/three${jobId}`, description: expect.stringContaining(`:${jobId}]`) }]);
  expect(server.records.experiments[0]?.sets).toMatchObject([
    { schema: CURATION_SCHEMAS.job, parameters: { job: String(jobId), connector: 'three', platform: 'local' } },
    { schema: CURATION_SCHEMAS.parameters, parameters: { scale: '5' } },
  ]);
  expect(files()).toEqual(OF_THREE);
  expect(server.records.datasets.at(1)?.sets).toEqual([
    { schema: CURATION_SCHEMAS.task, parameters: { task: '1', iteration: '0' } },
    { schema: CURATION_SCHEMAS.values, parameters: { n: '1' } },
    { schema: CURATION_SCHEMAS.numbers, parameters: { 'size (m)': '5' } },
  ]);
  const notes = (await kiln.events(jobId)).filter(({ kind }) => kind === 'note').map(({ message }) => message);
  expect(notes.join(' ')).toContain('Not published: final_0_1/nothing is empty.');
  expect(await kiln.output(`above/mine/three${jobId}/output/1/size.json`)).toBe('{"size": 5}\n');
});

test('what the input location held is published with the parameters', async () => {
  await kiln.worker();
  await register();
  await kiln.connector('given', {
    'connector.yaml': 'description: Looks.\nrunsOn: unix\ninput: required\n',
    'process_payload/main.sh': '#!/bin/sh\ncat "$1/data" >"$2/data"\n',
  });
  for (const set of ['a', 'b']) {
    await mkdir(join(kiln.home, 'outputs/cases', set), { recursive: true });
    await writeFile(join(kiln.home, 'outputs/cases', set, 'data'), set);
  }
  const jobId = await submit({ input_storage: 'local', input_path: 'cases' }, '', 'given');
  expect((await kiln.ended(jobId)).job).toMatchObject({ status: 'succeeded' });
  expect(files().slice(-3)).toEqual(['initial_1/a/data', 'initial_1/b/data', 'initial_1/parameters.json']);
});

test('a job that nobody wants published has nothing to do with MyTardis', async () => {
  await kiln.worker();
  await register();
  const before = server.requests.length;
  const { job } = await kiln.ended(await kiln.submit('three', 'local'));
  expect([job.status, job.curation, server.requests.length]).toEqual(['succeeded', null, before]);
});

test('a MyTardis that fails, cuts connections and loses answers has everything once in the end', async () => {
  await kiln.worker();
  await register();
  const faults = ['lost', 503, 'cut', null] as const;
  let posts = 0;
  server.fault = (request) => (request.startsWith('POST') ? (faults[posts++ % faults.length] ?? null) : null);
  const { job } = await endedSoon(await submit());
  expect([job.status, job.curation?.files]).toEqual(['succeeded', 7]);
  expect(server.records.experiments).toHaveLength(1);
  expect(server.records.datasets.map(({ description }) => description)).toEqual(['initial_1', 'final_0_1', 'final_0_2', 'final_0_3']);
  expect(files()).toEqual(OF_THREE);
}, 120_000);

test('a worker that is killed at every second upload leaves nothing out and nothing twice', async () => {
  const first = await kiln.worker();
  await register();
  await first.close();
  const worker = superviseWorker(kiln.db.url, kiln.home);
  let uploads = 0;
  server.fault = (request) => {
    if (request !== 'POST dataset_file/') return null;
    uploads += 1;
    if (uploads % 2 === 1 || uploads > 8) return null;
    worker.kill();
    return uploads % 4 === 0 ? 'cut' : 'lost';
  };
  try {
    const { job } = await kiln.ended(await submit());
    expect([job.status, job.curation?.files]).toEqual(['succeeded', 7]);
    expect(worker.deaths()).toBeGreaterThan(2);
    expect(server.records.experiments).toHaveLength(1);
    expect(files()).toEqual(OF_THREE);
  } finally {
    await worker.stop();
  }
}, 120_000);

test('a wrong password blocks the job with advice, nothing is rented meanwhile, and the right one lets it go on', async () => {
  await kiln.worker();
  await register();
  server.fault = (request) => {
    if (request === 'POST dataset/') server.user.password = 'changed';
    return null;
  };
  const jobId = await submit();
  const { job, nodes } = await kiln.until(jobId, (state) => state.job.blocked?.code === 'LOGIN_REFUSED' && state.job.progress.released);
  expect(job.blocked?.message).toContain('change the password or key on its page');
  expect(nodes.map(({ state }) => state)).toEqual(['destroyed']);
  expect(await kiln.output(`three${jobId}/output/3/size.json`)).toBe('{"size": 6}\n');
  server.fault = () => null;
  const sealedEnrolment = seal(await findSealingKey(kiln.db), JSON.stringify(password('changed')));
  await updatePlatform(kiln.db, 'tardis', { sealedEnrolment });
  expect((await checked(kiln.db, 'tardis')).state).toBe('ready'); // which tries the jobs that are blocked there
  expect((await kiln.ended(jobId)).job.status).toBe('succeeded');
  expect(files()).toEqual(OF_THREE);
});

test('a job that is blocked by its MyTardis is tried at once when somebody asks, and can be cancelled', async () => {
  await kiln.worker();
  await register();
  server.fault = (request) => (request === 'POST dataset/' ? 503 : null);
  const jobId = await submit();
  const { job } = await kiln.until(jobId, (state) => (state.job.blocked?.attempts ?? 0) >= 2);
  expect(await tryPlatform(kiln.db, 'tardis')).toBe(1);
  await kiln.until(jobId, (state) => (state.job.blocked?.attempts ?? 0) > (job.blocked?.attempts ?? 0));
  await requestCancel(kiln.db, jobId);
  expect((await kiln.ended(jobId)).job.status).toBe('cancelled');
  expect(await kiln.output(`three${jobId}/output/1/size.json`)).toBe('{"size": 2}\n');
});

test('an experiment that is not there fails the job before it computes', async () => {
  await kiln.worker();
  await register();
  const { job } = await kiln.ended(await submit({ curator_experiment: 99 }));
  expect(job).toMatchObject({ status: 'failed', ending: { code: 'NOT_FOUND', message: expect.stringContaining('has no experiment 99') } });
});

const ITERATING = {
  'connector.ts': `import { defineConnector } from '@kiln/domain';
    export default defineConnector({
      description: 'Halves.',
      runsOn: 'unix',
      sweep: { n: [1, 2] },
      transform: async ({ tasks, iteration }) => ({
        scores: Object.fromEntries(tasks.map(({ number }) => [number, number])),
        keep: [tasks[1].number],
        inputs: [{ from: tasks[1].number, files: { 'start.txt': 'of iteration ' + iteration } }],
      }),
      converged: ({ iterations }) => ({ done: false, criterion: 8 / 2 ** iterations.length }),
      metadata: async ({ tasks, iteration, last }) => ({
        experiment: { parameterSets: [{ schema: '${CURATION_SCHEMAS.job}', parameters: { said: last } }] },
        tasks: Object.fromEntries(await Promise.all(tasks.map(async (task) => [task.number, task.values.n === 1 && iteration === 0 ? { skip: true } : {
          parameterSets: [{ schema: '${CURATION_SCHEMAS.values}', parameters: { wrote: (await task.text('n')).trim() } }],
          graphs: [{ name: 'curve', axes: ['x', 'y'], legends: ['y'], values: { x: [1, 2], y: [3, 4] }, lines: [['x', 'y']] }],
        }]))),
      }),
    });`,
  'process_payload/main.sh': '#!/bin/sh\necho "$n" >"$2/n"\n',
};

test('iterations are published with their inputs, what the connector says, and how the criterion went', async () => {
  await kiln.worker();
  await register();
  await kiln.connector('halves', ITERATING);
  const jobId = await submit({ maximum_iterations: 2 }, '', 'halves');
  expect((await kiln.ended(jobId)).job.status).toBe('succeeded');
  const first = ['0_0_2/n', '1_1/start.txt', 'final_2_3/n', 'final_2_4/n', 'initial_1/parameters.json'];
  expect(files()).toEqual(first);
  const curve = {
    name: 'curve',
    graph_info: '{"axes":["x","y"],"legends":["y"],"type":"line"}',
    value_dict: '{"x":[1,2],"y":[3,4]}',
    value_keys: '[["x","y"]]',
  };
  expect(server.records.datasets.find(({ description }) => description === '0_0_2')?.sets.slice(-2)).toEqual([
    { schema: CURATION_SCHEMAS.values, parameters: { wrote: '2' } },
    { schema: CURATION_SCHEMAS.datasetGraph, parameters: curve },
  ]);
  expect(server.records.experiments[0]?.sets.slice(-2)).toMatchObject([
    { schema: CURATION_SCHEMAS.job, parameters: { said: 'true' } },
    {
      schema: CURATION_SCHEMAS.experimentGraph,
      parameters: { name: 'halvesexp', value_dict: '{"halvesexp/iteration":[0,1],"halvesexp/criterion":[4,2]}' },
    },
  ]);
  await requestMoreIterations(kiln.db, jobId, 1);
  await kiln.until(jobId, ({ job }) => job.iteration === 2 && job.status === 'succeeded');
  expect(files()).toEqual([...first, '2_1/start.txt', 'final_4_5/n', 'final_4_6/n'].sort());
});

test('a connector whose own words fail is published without them', async () => {
  await kiln.worker();
  await register();
  await kiln.connector('wordless', {
    'connector.ts': `import { defineConnector } from '@kiln/domain';
      export default defineConnector({ description: 'Fails.', runsOn: 'unix', metadata: () => { throw new Error('no words'); } });`,
    'process_payload/main.sh': '#!/bin/sh\necho one >"$2/n"\n',
  });
  const jobId = await submit({}, '', 'wordless');
  expect((await kiln.ended(jobId)).job.status).toBe('succeeded');
  expect(files()).toEqual(['final_0_1/n', 'initial_1/parameters.json']);
  const notes = (await kiln.events(jobId)).map(({ message }) => message ?? '');
  expect(notes.find((note) => note.includes('no words'))).toContain('Published without what the connector says');
});
