import { readFileSync } from 'node:fs';
import type { Resources } from '@kiln/domain';
import { expect, test } from 'vitest';
import { schedulerOf } from './find-scheduler.ts';

// What is in captured/sge-* was printed by Son of Grid Engine 8.1.9; the resource usage of accounting is left out
const captured = (name: string) => readFileSync(new URL(`captured/sge-${name}`, import.meta.url), 'utf8');
const sge = schedulerOf('sge', null);
const submit = (resources: Resources, count = 20, atOnce: number | null = 4) =>
  sge.submit({ name: 'k7-10-1', script: '/home/ada/j/e.sh', directory: '/home/ada/j', output: '/home/ada/j/o', count, atOnce, resources });

test('an array of 20 elements, four at once, is submitted by one command', () => {
  expect(submit({}).argv.join(' ')).toBe(
    'qsub -terse -N k7-10-1 -t 1-20 -tc 4 -wd /home/ada/j -o :/home/ada/j/o -e :/home/ada/j/o -S /bin/sh -r n -b n /home/ada/j/e.sh',
  );
  expect(submit({}, 20, null).argv).not.toContain('-tc');
  expect(submit({}, 1).argv).not.toContain('-t');
});

test('limits are for each slot, and the user’s own directives come last', () => {
  const resources: Resources = { cores: 2, memory: 301, gpus: 1, walltime: 93_784, queue: 'main.q', project: 'pi', account: 'physics' };
  expect(submit({ ...resources, directives: ['-pe openmp 2'] }).directives).toEqual([
    '#$ -pe smp 2',
    '#$ -l h_vmem=151M',
    '#$ -l gpu=1',
    '#$ -l h_rt=26:03:04',
    '#$ -q main.q',
    '#$ -P pi',
    '#$ -A physics',
    '#$ -pe openmp 2',
  ]);
  expect(submit({ cores: 1 }).directives).toEqual([]);
  expect(submit({ nodes: 2, cores: 4 }).directives).toEqual(['#$ -pe mpi 8']);
});

test('a QOS is refused, because Grid Engine would not heed it', () => {
  expect(() => submit({ qos: 'high' })).toThrow('Grid Engine has no QOS');
});

test('the id is found among warnings', () => {
  expect(sge.submitted('5\n')).toBe('5');
  expect(sge.submitted('warning: "-pe" option has already been set\n3.1-100:1\r\n')).toBe('3');
  expect(sge.submitted('Unable to run job: Job was rejected because job requests unknown queue "no.q".\n')).toBeNull();
});

test('the queue shows which elements are in which state', () => {
  const queue = sge.parseStatus(captured('qstat.xml'));
  expect(queue.map(({ job, elements, state, word }) => [job, JSON.stringify(elements), state, word])).toEqual([
    ['1', '[[4,4]]', 'running', 'r'],
    ['1', '[[5,5]]', 'suspended', 's'],
    ['1', '[[7,7]]', 'running', 'r'],
    ['1', '[[8,8]]', 'starting', 't'],
    ['1', '[[10,10]]', 'starting', 't'],
    ['4', 'null', 'running', 'r'],
    ['7', 'null', 'running', 'r'],
    ['6', 'null', 'error', 'Eqw'],
    ['1', '[[11,11],[12,12]]', 'waiting', 'qw'],
    ['1', '[[9,9]]', 'held', 'hqw'],
    ['5', '[[1,5]]', 'held', 'hqw'],
  ]);
  expect(queue[0]?.name).toBe('k1-1-1');
  expect(queue.filter(({ hopeless }) => hopeless !== null).map(({ hopeless }) => hopeless)).toEqual([
    'Grid Engine could not start it (Eqw): on the cluster, qstat -j 6 says why; mend that and retry the job.',
  ]);
});

test.each([
  ['hRwq', 'held'],
  ['Rr', 'running'],
  ['Rq', 'requeued'],
  ['dr', 'ending'],
  ['tS', 'suspended'],
  ['EhRqw', 'error'],
  ['xyz', 'unknown'],
])('the state %s is %s', (word, state) => {
  expect(sge.parseStatus(`<job_list><JB_job_number>5</JB_job_number><state>${word}</state></job_list>`)[0]?.state).toBe(state);
});

test('odd text gives what can be read of it and never an exception', () => {
  expect(sge.parseStatus('')).toEqual([]);
  expect(sge.parseStatus('error: commlib error: got select error (Connection refused)\r\n<job_list><job_list state="running">')).toEqual(
    [],
  );
  const name = 'a&lt;b&amp;lt;&#x20AC;&nope;';
  const xml = `Welcome!\r\n<job_list state="pending">\r\n<JB_job_number>5</JB_job_number>\r\n<JB_name>${name}</JB_name>\r\n<state>qw</state>\r\n<tasks>5-9:2,x,12</tasks>`;
  expect(sge.parseStatus(xml)).toMatchObject([
    {
      job: '5',
      name: 'a<b&lt;&#x20AC;&nope;',
      elements: [
        [5, 5],
        [7, 7],
        [9, 9],
        [12, 12],
      ],
    },
  ]);
});

test('accounting tells how elements ended; only the time limit tells a killed one apart', () => {
  const ended = sge.parseHistory(captured('qacct.txt').split('jobnumber    2')[0] ?? '');
  expect(ended).toEqual([
    { element: 1, word: 'failed 0', code: 'EXIT', exitCode: 0 },
    { element: 2, word: 'failed 0', code: 'EXIT', exitCode: 42 },
    { element: 3, word: 'failed 100 : assumedly after job', code: 'SIGNAL', exitCode: 137 },
    { element: 6, word: 'failed 100 : assumedly after job', code: 'SIGNAL', exitCode: 137 },
  ]);
  const late = sge.parseHistory(captured('qacct.txt')).filter(({ code }) => code === 'TIME_LIMIT');
  expect(late.map(({ element, exitCode }) => [element, exitCode])).toEqual([
    [1, null],
    [2, null],
  ]);
});

const record = (failed: string, exitStatus: number, more = '') =>
  `==============================================================\r\njobnumber    5\r\ntaskid       undefined\r\nfailed       ${failed}\r\nexit_status  ${exitStatus}\r\n${more}`;

test.each([
  ['26  : opening output file', 0, 'NODE_FAILED', null],
  ['19  : before writing exit_status', 0, 'NODE_FAILED', null],
  ['15  : in epilog', 3, 'EXIT', 3],
  ['0', 137, 'EXIT', 137],
  ['999 : new', 0, 'NODE_FAILED', null],
])('failed %s with exit status %i is %s', (failed, exitStatus, code, exitCode) => {
  expect(sge.parseHistory(record(failed, exitStatus))).toEqual([{ element: null, word: `failed ${failed}`, code, exitCode }]);
});

test('the last run of an element counts, and one that will run again has not ended', () => {
  expect(sge.parseHistory(record('0', 1) + record('0', 0))).toMatchObject([{ exitCode: 0 }]);
  expect(sge.parseHistory(record('25  : rescheduling', 0))).toEqual([]);
  expect(sge.parseHistory(record('0', 1, 'pe_taskid    1.node2\r\n'))).toEqual([]);
  expect(sge.parseHistory('error: job id 5 not found\n')).toEqual([]);
});

test('the cluster describes itself', () => {
  const outputs = {
    version: 'SGE 8.1.9\nusage: qstat [options]\n',
    config: captured('conf.txt'),
    queues: captured('queues.txt'),
    slots: captured('clusters.txt'),
  };
  expect(sge.parseFacts(outputs)).toEqual({
    version: 'SGE 8.1.9',
    dialect: null,
    arrayLimit: 75_000,
    cores: 10,
    queues: [
      { name: 'main.q', isDefault: false, open: true, maxWalltime: null, nodes: null },
      { name: 'minute.q', isDefault: false, open: true, maxWalltime: 60, nodes: null },
    ],
  });
});

test('a queue that is out of order is closed, and a cluster that says nothing has defaults', () => {
  expect(sge.parseFacts({ slots: 'all.q   -NA-   0   0   0   8   0   8\n', config: 'max_aj_tasks 0\n' })).toMatchObject({
    arrayLimit: 75_000,
    cores: 0,
    queues: [{ name: 'all.q', open: false }],
  });
  expect(sge.parseFacts({}).cores).toBeNull();
});
