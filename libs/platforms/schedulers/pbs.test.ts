import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resources } from '@kiln/domain';
import { expect, test } from 'vitest';
import { schedulerOf } from './find-scheduler.ts';

// What is in captured/pbs-* follows the manuals of PBS Professional 2020 and Torque 6.1; no PBS printed it
const captured = (name: string) => readFileSync(new URL(`captured/pbs-${name}.txt`, import.meta.url), 'utf8');
const pro = schedulerOf('pbs', 'pro');
const torque = schedulerOf('pbs', 'torque');
const submit = (scheduler: typeof pro, resources: Resources, count = 20, atOnce: number | null = 4) =>
  scheduler.submit({
    name: 'k7-10-1',
    script: '/home/ada/j/e.sh',
    directory: '/home/ada/j',
    output: '/home/ada/j/o',
    count,
    atOnce,
    resources,
  });

test('each dialect has its own words for an array', () => {
  expect(submit(pro, {}).argv.join(' ')).toBe('qsub -N k7-10-1 -J 1-20%4 -o /home/ada/j/o/ -e /home/ada/j/o/ -S /bin/sh /home/ada/j/e.sh');
  expect(submit(torque, {}).argv.join(' ')).toBe(
    'qsub -N k7-10-1 -t 1-20%4 -r n -d /home/ada/j -o /home/ada/j/o/ -e /home/ada/j/o/ -S /bin/sh /home/ada/j/e.sh',
  );
  expect(submit(pro, {}, 1).argv.join(' ')).toBe('qsub -N k7-10-1 -r n -o /home/ada/j/o/ -e /home/ada/j/o/ -S /bin/sh /home/ada/j/e.sh');
  expect(submit(torque, {}, 20, null).argv).toContain('1-20');
});

test('each dialect has its own words for resources', () => {
  const resources: Resources = { nodes: 2, cores: 4, memory: 2000, gpus: 1, walltime: 93_784, queue: 'workq', account: 'physics' };
  expect(submit(pro, { ...resources, project: 'pi', directives: ['-l software=abaqus'] }).directives).toEqual([
    '#PBS -m n',
    '#PBS -l select=2:ncpus=4:mpiprocs=4:mem=2000mb:ngpus=1',
    '#PBS -l place=scatter',
    '#PBS -l walltime=26:03:04',
    '#PBS -q workq',
    '#PBS -A physics',
    '#PBS -P pi',
    '#PBS -l software=abaqus',
  ]);
  expect(submit(torque, { ...resources, qos: 'high' }).directives).toEqual([
    '#PBS -m n',
    '#PBS -l nodes=2:ppn=4:gpus=1',
    '#PBS -l mem=4000mb',
    '#PBS -l qos=high',
    '#PBS -l walltime=26:03:04',
    '#PBS -q workq',
    '#PBS -A physics',
  ]);
});

test('what is not asked for is left to the site, and Torque takes a project for the account', () => {
  expect(submit(pro, {}).directives).toEqual(['#PBS -m n']);
  expect(submit(pro, { memory: 100 }).directives).toContain('#PBS -l select=1:mem=100mb');
  expect(submit(torque, { project: 'pi' }).directives).toEqual(['#PBS -m n', '#PBS -A pi']);
});

test('what a dialect does not have is refused', () => {
  expect(() => submit(pro, { qos: 'high' })).toThrow('PBS Professional has no QOS');
  expect(() => submit(torque, { project: 'pi', account: 'physics' })).toThrow('Torque has no project besides the account');
});

test('the id is found among warnings', () => {
  expect(pro.submitted('1234[].pbs-server\n')).toBe('1234[].pbs-server');
  expect(torque.submitted('Job charged to physics.\r\n190.napali.example.org\r\n')).toBe('190.napali.example.org');
  expect(pro.submitted('qsub: Unknown queue\n')).toBeNull();
});

test('the queue shows which elements are in which state; a whole array only if it has no elements yet', () => {
  const queue = pro.parseStatus(captured('pro-qstat'));
  expect(queue.map(({ job, elements, state, word }) => [job, JSON.stringify(elements), state, word])).toEqual([
    ['1234[].pbs-server', '[[1,1]]', 'ended', 'X'],
    ['1234[].pbs-server', '[[2,2]]', 'running', 'R'],
    ['1234[].pbs-server', '[[3,3]]', 'suspended', 'S'],
    ['1234[].pbs-server', '[[4,4]]', 'waiting', 'Q'],
    ['1240[].pbs-server', 'null', 'held', 'H'],
    ['1241.pbs-server', 'null', 'waiting', 'Q'],
    ['1242.pbs-server', 'null', 'held', 'H'],
    ['1243.pbs-server', 'null', 'ending', 'E'],
    ['1244.pbs-server', 'null', 'unknown', 'Z'],
  ]);
  expect(queue[3]).toMatchObject({
    name: 'k7-10-1',
    reason: 'Not Running: Insufficient amount of resource: ncpus (R: 8 A: 0 T: 64)',
    startsAt: 'Thu Mar  4 12:15:00 2021',
    hopeless: null,
  });
  expect(queue.filter(({ hopeless }) => hopeless !== null).map(({ hopeless }) => hopeless)).toEqual([
    'PBS would never start it: “Can Never Run: Insufficient amount of resource: ncpus (R: 300 A: 64 T: 64)”; ask for less, or choose another queue.',
    "PBS gave up starting it: “job held, too many failed attempts to run”; ask the cluster's administrators why.",
  ]);
});

test('Torque’s elements have the name of their array', () => {
  expect(torque.parseStatus(captured('torque-qstat').replaceAll('\n', '\r\n'))).toMatchObject([
    { job: '189[].napali', name: 'k7-10-1', elements: [[1, 1]], state: 'running' },
    { job: '189[].napali', name: 'k7-10-1', elements: [[2, 2]], state: 'waiting' },
    { job: '190.napali', name: 'k8-10-1', elements: null, state: 'ended' },
  ]);
});

test('odd text gives what can be read of it and never an exception', () => {
  for (const text of [
    '',
    'qstat: cannot connect to server',
    'Job Id: \n x = y',
    'Job Id: abc\n    job_state = R',
    ' job_state = R\nJob Id: 5',
  ]) {
    expect(pro.parseStatus(text)).toEqual([]);
    expect(pro.parseHistory(text)).toEqual([]);
  }
  expect(pro.parseStatus(`Welcome to the cluster\n${'Job Id: 5[7].s\n    job_state = Q\n'.repeat(20_000)}`)).toHaveLength(20_000);
  expect(pro.parseStatus('Job Id: 5.s\n    job_state = constructor\n')[0]?.state).toBe('unknown');
});

test('history tells how elements ended', () => {
  const codes = (scheduler: typeof pro, text: string) =>
    scheduler.parseHistory(text).map(({ element, code, exitCode }) => [element, code, exitCode]);
  expect(codes(pro, captured('pro-ended'))).toEqual([
    [1, 'EXIT', 0],
    [2, 'EXIT', 42],
    [3, 'TIME_LIMIT', null],
    [4, 'OUT_OF_MEMORY', null],
    [5, 'CANCELLED_BY_ADMINISTRATOR', null],
    [6, 'SIGNAL', 137],
    [7, 'CANCELLED_BY_ADMINISTRATOR', null],
    [8, 'NODE_FAILED', null],
  ]);
  expect(codes(torque, captured('torque-ended'))).toEqual([
    [1, 'EXIT', 3],
    [2, 'TIME_LIMIT', null],
    [3, 'TIME_LIMIT', null],
    [4, 'CANCELLED_BY_ADMINISTRATOR', null],
    [5, 'OUT_OF_MEMORY', null],
    [6, 'NODE_FAILED', null],
  ]);
});

test('the cluster describes itself', () => {
  const text = captured('pro-facts');
  const outputs = {
    version: 'pbs_version = 20.0.1\n',
    server: text.split('Queue:')[0] ?? '',
    queues: text.slice(text.indexOf('Queue:'), text.indexOf('node01')),
  };
  expect(pro.parseFacts({ ...outputs, nodes: text.slice(text.indexOf('node01')) })).toEqual({
    version: 'PBS 20.0.1',
    dialect: 'pro',
    arrayLimit: 5000,
    cores: 24,
    queues: [
      { name: 'workq', isDefault: true, open: true, maxWalltime: 86_400, nodes: null },
      { name: 'night', isDefault: false, open: false, maxWalltime: null, nodes: null },
    ],
  });
  expect(
    pro.parseFacts({ version: 'Version: 6.1.2\nCommit: 661e092552de43a785c15d39a3634a541d86898e\n', nodes: captured('torque-nodes') }),
  ).toEqual({
    version: 'Torque 6.1.2',
    dialect: 'torque',
    arrayLimit: 10_000,
    cores: 8,
    queues: [],
  });
  expect(pro.parseFacts({})).toMatchObject({ version: 'PBS', dialect: 'pro', cores: null });
});

/** The commands of a PBS that prints what is given, on the path of the adapter's own shell code. */
function withFakePbs<T>(qselect: string, qstat: string, ask: (env: NodeJS.ProcessEnv) => T): T {
  const bin = mkdtempSync(join(tmpdir(), 'kiln-pbs-'));
  for (const [name, body] of Object.entries({ qselect, qstat })) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  try {
    return ask({ PATH: `${bin}:${process.env['PATH']}` });
  } finally {
    rmSync(bin, { recursive: true });
  }
}
const run = (argv: readonly string[], env: NodeJS.ProcessEnv) =>
  execFileSync(argv[0] ?? '', argv.slice(1), { env, encoding: 'utf8', stdio: 'pipe' });

const FULL = `echo "Job Id: $*"; printf '    Job_Name = k7\\n    job_state = Q\\n    comment = Not Running: a\\n\\tb\\n    Variable_List = X=1\\n\\t,Y=2\\n'`;

test('the status question asks for each job of the login once and passes on only what is read', () => {
  const output = withFakePbs(`printf '7[2].s\\n7[1].s\\n8.s\\n'`, FULL, (env) => run(pro.status, env));
  expect(output).toBe('Job Id: -f -t 7[].s 8.s\n    Job_Name = k7\n    job_state = Q\n    comment = Not Running: a\n\tb\n');
});

test('a login without jobs asks nothing further, and jobs that ended meanwhile are no failure', () => {
  expect(withFakePbs(':', 'echo asked; exit 1', (env) => run(pro.status, env))).toBe('');
  expect(withFakePbs('echo 8.s', `${FULL}; exit 153`, (env) => run(pro.status, env))).toContain('Job_Name = k7');
});

test('a server that does not answer is a failure, never an empty queue', () => {
  expect(() => withFakePbs('exit 3', ':', (env) => run(pro.status, env))).toThrow(expect.objectContaining({ status: 3 }));
  expect(() => withFakePbs('echo 8.s', 'exit 111', (env) => run(pro.status, env))).toThrow(expect.objectContaining({ status: 111 }));
});

test('history is asked of the one job, in the words of the dialect', () => {
  const asked = (scheduler: typeof pro) => withFakePbs(':', FULL, (env) => run(scheduler.history("7[].s' x")[0] ?? [], env).split('\n')[0]);
  expect(asked(pro)).toBe("Job Id: -x -f -t 7[].s' x");
  expect(asked(torque)).toBe("Job Id: -f -t 7[].s' x");
});
