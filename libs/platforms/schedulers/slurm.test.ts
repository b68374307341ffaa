import { readFileSync } from 'node:fs';
import type { Resources } from '@kiln/domain';
import { expect, test } from 'vitest';
import { schedulerOf } from './find-scheduler.ts';
import type { ArrayRequest } from './scheduler.ts';

// What is in captured/slurm-* was printed by Slurm 22.05.8
const captured = (name: string) => readFileSync(new URL(`captured/slurm-${name}.txt`, import.meta.url), 'utf8');
const slurm = schedulerOf('slurm', null);
const request = (resources: Resources, more: Partial<ArrayRequest> = {}): ArrayRequest => ({
  name: 'k7-10-1',
  script: '/home/ada/j/element.sh',
  directory: '/home/ada/j',
  output: '/home/ada/j/100%',
  count: 20,
  atOnce: 4,
  resources,
  ...more,
});

test('an array of 20 elements, four at once, is submitted by one command', () => {
  expect(slurm.submit(request({})).argv.join(' ')).toBe(
    'sbatch --parsable --no-requeue --job-name=k7-10-1 --array=1-20%4 --chdir=/home/ada/j --output=/home/ada/j/100%%/k7-10-1-%A_%a.out --error=/home/ada/j/100%%/k7-10-1-%A_%a.err /home/ada/j/element.sh',
  );
});

test('one element is an ordinary job, and without a limit the site decides how many run at once', () => {
  const single = slurm.submit(request({}, { count: 1 })).argv;
  expect(single.some((word) => word.startsWith('--array'))).toBe(false);
  expect(single).toContain('--output=/home/ada/j/100%%/k7-10-1-%j.out');
  expect(slurm.submit(request({}, { atOnce: null })).argv).toContain('--array=1-20');
});

test('what a task asks for becomes directives, with the user’s own last', () => {
  const resources: Resources = {
    nodes: 1,
    cores: 4,
    memory: 2000,
    gpus: 2,
    walltime: 93_784,
    queue: 'main',
    account: 'physics',
    project: 'pi',
    qos: 'high',
    directives: ['--constraint=ib'],
  };
  expect(slurm.submit(request(resources)).directives).toEqual([
    '#SBATCH --nodes=1',
    '#SBATCH --cpus-per-task=4',
    '#SBATCH --mem=2000M',
    '#SBATCH --gres=gpu:2',
    '#SBATCH --time=1-02:03:04',
    '#SBATCH --partition=main',
    '#SBATCH --account=physics',
    '#SBATCH --wckey=pi',
    '#SBATCH --qos=high',
    '#SBATCH --constraint=ib',
  ]);
});

test('a project alone is the account, and on several machines each core gets a process', () => {
  expect(slurm.submit(request({ nodes: 2, cores: 4, project: 'pi' })).directives).toEqual([
    '#SBATCH --nodes=2',
    '#SBATCH --ntasks-per-node=4',
    '#SBATCH --account=pi',
  ]);
  expect(slurm.submit(request({})).directives).toEqual([]);
});

test.each<Resources>([
  { directives: ['--comment=x\nrm -rf ~'] },
  { directives: ['rm -rf ~'] },
  { directives: ['--a\r'] },
  { queue: 'main --wrap=x' },
  { account: 'x\n' },
  { qos: '"high' },
])('a line that would be read as something else is refused: %j', (resources) => {
  expect(() => slurm.submit(request(resources))).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
});

test('the id is found among warnings', () => {
  expect(slurm.submitted('41\n')).toBe('41');
  expect(slurm.submitted('sbatch: note: 5 credits left\n41;cluster\r\n')).toBe('41');
  expect(slurm.submitted('sbatch: error: Batch job submission failed: Invalid qos specification\n')).toBeNull();
  expect(slurm.submitted('')).toBeNull();
});

test('the queue shows which elements are in which state, and why they wait', () => {
  const queue = slurm.parseStatus(captured('squeue'));
  const of = (job: string) => queue.filter((entry) => entry.job === job);
  expect(of('1').map(({ elements, state, word }) => ({ elements, state, word }))).toEqual([
    {
      elements: [
        [9, 9],
        [13, 20],
      ],
      state: 'waiting',
      word: 'PENDING',
    },
    { elements: [[8, 8]], state: 'running', word: 'RUNNING' },
    { elements: [[4, 4]], state: 'running', word: 'RUNNING' },
    { elements: [[7, 7]], state: 'running', word: 'RUNNING' },
    { elements: [[5, 5]], state: 'suspended', word: 'SUSPENDED' },
  ]);
  expect(of('1')[0]).toMatchObject({ name: 'k1-10-1', reason: 'JobArrayTaskLimit,JobHeldAdmin', startsAt: null, hopeless: null });
  expect(of('16')).toMatchObject([{ name: 'odd | name,x', elements: null, state: 'held', reason: 'JobHeldUser', hopeless: null }]);
  expect(queue).toHaveLength(16);
});

test('jobs that can never run say so with advice, and those that wait for the cluster do not', () => {
  const hopeless = slurm.parseStatus(captured('squeue')).filter((entry) => entry.hopeless !== null);
  expect(hopeless.map(({ job, reason }) => [job, reason])).toEqual([
    ['3', 'PartitionNodeLimit'],
    ['10', 'PartitionConfig'],
    ['30', 'DependencyNeverSatisfied'],
    ['9', 'PartitionTimeLimit'],
    ['37', 'QOSMaxWallDurationPerJobLimit'],
  ]);
  expect(hopeless.at(-1)?.hopeless).toBe(
    'Slurm would never start it (QOSMaxWallDurationPerJobLimit): it asks for more walltime than its account or QOS may; ask for less.',
  );
  const reasons = [
    'Priority',
    'AssocGrpCpuLimit',
    'QOSMaxJobsPerUserLimit',
    'QOSMaxCpuPerUserLimit',
    'PartitionDown',
    'PartitionConfig,Priority',
  ];
  const waiting = slurm.parseStatus(reasons.map((reason) => `5|PENDING|N/A|${reason}|k`).join('\n'));
  expect(waiting.map((entry) => entry.hopeless)).toEqual(reasons.map(() => null));
});

test('an expected start is passed on', () => {
  expect(slurm.parseStatus('5|PENDING|2026-11-21T09:38:45|Resources|k')[0]?.startsAt).toBe('2026-11-21T09:38:45');
});

test('a job whose start failed is held', () => {
  expect(slurm.parseStatus('5|PENDING|N/A|launch failed requeued held|k')[0]?.state).toBe('held');
});

test('odd text gives what can be read of it and never an exception', () => {
  expect(slurm.parseStatus('')).toEqual([]);
  expect(slurm.parseStatus('slurm_load_jobs error: Unable to contact slurm controller\n\0|||\n|')).toEqual([]);
  expect(slurm.parseStatus('WARNING: maintenance|soon\r\n7_[1-2,9...]|ZOMBIE|N/A|None|k7\r\n')).toEqual([
    { job: '7', name: 'k7', elements: [[1, 2]], state: 'unknown', word: 'ZOMBIE', reason: null, startsAt: null, hopeless: null },
  ]);
  expect(slurm.parseStatus('7|constructor|N/A|None|k7')[0]?.state).toBe('unknown');
  expect(slurm.parseStatus(`${'7_1|RUNNING|N/A|None|k\n'.repeat(20_000)}${'x'.repeat(1_000_000)}`)).toHaveLength(20_000);
});

test('accounting tells how elements ended; a single one’s line counts more than a line for many', () => {
  const ended = slurm.parseHistory(captured('sacct'));
  expect(ended).toHaveLength(12);
  const of = (element: number) => ended.filter((one) => one.element === element);
  expect(of(1)).toEqual([{ element: 1, word: 'COMPLETED', code: 'EXIT', exitCode: 0 }]);
  expect(of(2)).toEqual([{ element: 2, word: 'FAILED', code: 'EXIT', exitCode: 42 }]);
  expect(of(3)).toEqual([{ element: 3, word: 'FAILED', code: 'SIGNAL', exitCode: 137 }]);
  expect(of(7)).toEqual([{ element: 7, word: 'CANCELLED by 0', code: 'CANCELLED_BY_ADMINISTRATOR', exitCode: null }]);
  expect(slurm.parseHistory('1_[10-12%6]|CANCELLED by 5|0:0\n1_10|COMPLETED|0:0')).toContainEqual({
    element: 10,
    word: 'COMPLETED',
    code: 'EXIT',
    exitCode: 0,
  });
});

test('accounting tells of time limits, of elements that never began, and of output that could not be opened', () => {
  const ended = slurm.parseHistory(captured('sacct-others'));
  expect(ended.filter(({ code }) => code === 'TIME_LIMIT').map(({ element }) => element)).toEqual([1, 2]);
  expect(ended.find(({ element }) => element === null)).toEqual({ element: null, word: 'FAILED', code: 'NODE_FAILED', exitCode: null });
  expect(ended.filter(({ code }) => code === 'CANCELLED_BY_ADMINISTRATOR').map(({ element }) => element)).toEqual(
    [...Array(9).keys()].map((index) => 21 + index).concat([...Array(10).keys()].map((index) => 31 + index)),
  );
});

test('without accounting, what slurmctld remembers tells the same', () => {
  const lines = captured('scontrol').split('\n');
  const codes = (text: string) => slurm.parseHistory(text).map(({ element, code, exitCode }) => [element, code, exitCode]);
  expect(codes(lines.filter((line) => line.includes(' ArrayJobId=1 ')).join('\n'))).toEqual([
    [8, 'NODE_FAILED', null],
    [7, 'NODE_FAILED', null],
    [6, 'CANCELLED_BY_ADMINISTRATOR', null],
    [5, 'NODE_FAILED', null],
    [4, 'NODE_FAILED', null],
    [3, 'SIGNAL', 137],
    [2, 'EXIT', 42],
    [1, 'EXIT', 0],
  ]);
  expect(codes(lines.filter((line) => line.includes(' ArrayJobId=2 ')).join('\r\n'))).toEqual([
    [2, 'TIME_LIMIT', null],
    [1, 'TIME_LIMIT', null],
  ]);
  expect(codes(lines.filter((line) => line.startsWith('JobId=28 ')).join('\n'))).toEqual([[null, 'NODE_FAILED', null]]);
});

test.each([
  ['OUT_OF_MEMORY', 'OUT_OF_MEMORY'],
  ['PREEMPTED', 'PREEMPTED'],
  ['DEADLINE', 'TIME_LIMIT'],
  ['BOOT_FAIL', 'NODE_FAILED'],
])('%s is %s', (word, code) => {
  expect(slurm.parseHistory(`9|${word}|0:125`)).toEqual([{ element: null, word, code, exitCode: null }]);
});

test('history that knows nothing is empty', () => {
  expect(slurm.parseHistory('Slurm accounting storage is disabled\n')).toEqual([]);
  expect(slurm.parseHistory('9|RUNNING|0:0\n9.batch|COMPLETED|0:0\nJobId=x\n')).toEqual([]);
});

test('the cluster describes itself', () => {
  const outputs = { version: 'slurm-wlm 22.05.8\n', config: captured('config'), partitions: captured('sinfo') };
  expect(slurm.parseFacts(outputs)).toEqual({
    version: 'slurm-wlm 22.05.8',
    dialect: null,
    arrayLimit: 10_000,
    cores: 16,
    queues: [
      { name: 'main', isDefault: true, open: true, maxWalltime: null, nodes: 4 },
      { name: 'minute', isDefault: false, open: true, maxWalltime: 60, nodes: 4 },
      { name: 'gpu', isDefault: false, open: true, maxWalltime: 3600, nodes: 1 },
      { name: 'closed', isDefault: false, open: false, maxWalltime: 3600, nodes: 1 },
    ],
  });
});

test('unlike machines of a partition are counted together, and a cluster that says nothing has defaults', () => {
  const partitions = 'big*|2-00:00:00|4|0/12/4/16|up\nbig*|2-00:00:00|2|8/0/0/8|up\n';
  expect(slurm.parseFacts({ version: null, config: null, partitions })).toEqual({
    version: 'slurm',
    dialect: null,
    arrayLimit: 1000,
    cores: 20,
    queues: [{ name: 'big', isDefault: true, open: true, maxWalltime: 172_800, nodes: 6 }],
  });
  expect(slurm.parseFacts({}).cores).toBeNull();
});
