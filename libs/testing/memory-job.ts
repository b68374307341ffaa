import {
  FRESH,
  type IterationRecord,
  type Job,
  type JobState,
  NO_BOOST,
  type Node,
  progressOfRetry,
  type Retry,
  type Step,
  TASK_STATES,
  type Task,
  type TaskChange,
  type TaskCounts,
  type TaskQuery,
  type TaskState,
} from '@kiln/domain';

/** A job kept in memory by the rules by which the database keeps it. */
export class MemoryJob {
  readonly tasks = new Map<number, Task>();
  readonly history: IterationRecord[] = [];
  /** Attempts that were followed by another. */
  readonly attempts: Pick<Task, 'number' | 'attempt'>[] = [];
  private readonly nodes = new Map<string, Node>();
  private job: Job;

  constructor(
    private readonly fixed: Pick<JobState, 'connector' | 'platform'>,
    parameters: Job['parameters'],
    private readonly now: () => number,
  ) {
    this.job = {
      ...NEW_JOB,
      connector: fixed.connector.name,
      parameters,
      maximumIterations: Number(parameters['maximum_iterations']) || null,
    };
  }

  state(): JobState {
    return { ...this.fixed, job: this.job, nodes: [...this.nodes.values()], counts: countTasks(this.current(), this.now()), budget: null };
  }

  readonly find = async ({ iteration, states, node, wave, due, uncollected, after = 0, limit }: TaskQuery): Promise<readonly Task[]> =>
    [...this.tasks.values()]
      .filter((task) => task.iteration === iteration && states.includes(task.state))
      .filter((task) => node === undefined || task.node === node)
      .filter((task) => wave === undefined || task.wave === wave)
      .filter((task) => !due || isDue(task, this.now()))
      .filter((task) => !uncollected || !task.collected)
      .filter(({ number }) => number > after)
      .slice(0, limit);

  save({ stage, changes, blocked }: Step): void {
    const { job } = this;
    this.job = {
      ...job,
      stage,
      blocked,
      status: changes.ended ?? (blocked ? 'blocked' : 'active'),
      ending: job.ending ?? changes.ending ?? null,
      stageSince: stage === job.stage ? job.stageSince : new Date(this.now()).toISOString(),
      iteration: changes.iteration ?? job.iteration,
      sweep: changes.sweep === undefined ? job.sweep : changes.sweep,
      progress: { ...job.progress, ...changes.progress },
      criteria: changes.criteria ?? job.criteria,
      curation: changes.curation ?? job.curation,
      revision: job.revision + 1,
    };
    if (changes.record) this.record(job.iteration, changes.record);
    for (const node of changes.nodes ?? []) this.nodes.set(node.name, node);
    for (const planned of changes.plan ?? []) this.tasks.set(planned.number, { ...UNBEGUN, ...planned });
    for (const change of changes.tasks ?? []) this.change(change);
    if (!changes.cancelTasks) return;
    for (const task of this.tasks.values()) if (!isFinal(task)) this.tasks.set(task.number, { ...task, state: 'cancelled' });
  }

  cancel(): void {
    if (this.job.ending) return;
    const ending = { status: 'cancelled', code: 'CANCELLED', message: 'Cancelled by its owner.' } as const;
    this.job = { ...this.job, ending, blocked: null, status: 'active' };
  }

  retry(): void {
    const { round, progress } = this.job;
    this.job = { ...this.job, stage: 'configure', status: 'active', ending: null, round: round + 1, progress: progressOfRetry(progress) };
    for (const { state, collected, number, iteration, values, input, attempt, boost, startedAt } of this.current()) {
      if (state === 'succeeded' && collected) continue;
      this.tasks.set(number, { ...UNBEGUN, number, iteration, values, input, boost, attempt: attempt + (startedAt === null ? 0 : 1) });
    }
  }

  private current(): readonly Task[] {
    return [...this.tasks.values()].filter(({ iteration }) => iteration === this.job.iteration);
  }

  private record(iteration: number, record: Partial<Omit<IterationRecord, 'iteration'>>): void {
    const before = this.history.find((one) => one.iteration === iteration);
    if (before) Object.assign(before, record);
    else this.history.push({ iteration, criterion: null, scores: {}, kept: [], inputs: [], ending: null, note: null, ...record });
  }

  private change({ retry, ...change }: TaskChange): void {
    const task = this.tasks.get(change.number);
    if (!task) return;
    if (change.ofWave !== undefined && change.ofWave !== task.wave) return;
    if (retry) this.tryAgain(task, retry);
    else {
      const final = isFinal(task) && !(task.state === 'succeeded' && !task.collected && change.state === 'failed');
      const kept = final ? { state: task.state, failure: task.failure } : {};
      this.tasks.set(change.number, { ...task, ...change, ...kept });
    }
  }

  private tryAgain(task: Task, { free, ...again }: Retry): void {
    if (task.state !== 'failed' || task.collected) return;
    const { number, iteration, values, input, attempt, retries } = task;
    this.attempts.push({ number, attempt });
    this.tasks.set(number, {
      ...UNBEGUN,
      ...again,
      number,
      iteration,
      values,
      input,
      attempt: attempt + 1,
      retries: retries + (free ? 0 : 1),
    });
  }
}

function countTasks(tasks: readonly Task[], now: number): TaskCounts {
  const states = Object.fromEntries(TASK_STATES.map((state) => [state, tasks.filter((task) => task.state === state).length]));
  const waiting = tasks.filter(({ state }) => state === 'waiting');
  const rests = waiting.filter((task) => task.node === '' && !isDue(task, now)).map(({ notBefore }) => Date.parse(notBefore ?? '') - now);
  return {
    ...(states as Record<TaskState, number>), // from the list of all
    unassigned: waiting.filter((task) => task.node === '' && isDue(task, now)).length,
    assigned: waiting.filter(({ node }) => node !== '').length,
    busy: busyByNode(tasks),
    restsFor: rests.length > 0 ? Math.min(...rests) : null,
    uncollected: tasks.filter(isUncollected).length,
  };
}

function busyByNode(tasks: readonly Task[]): Record<string, number> {
  const busy: Record<string, number> = {};
  for (const { state, node } of tasks) if (state === 'scheduled' || state === 'running') busy[node] = (busy[node] ?? 0) + 1;
  return busy;
}

function isDue({ notBefore }: Pick<Task, 'notBefore'>, now: number): boolean {
  return notBefore === null || Date.parse(notBefore) <= now;
}

const NEW_JOB: Job = {
  id: 1,
  ownerId: '',
  connector: '',
  version: '',
  parameters: {},
  stage: 'configure',
  status: 'active',
  ending: null,
  blocked: null,
  stageSince: new Date(0).toISOString(),
  roundSince: new Date(0).toISOString(),
  iteration: 0,
  maximumIterations: null,
  stopAfterIteration: false,
  sweepId: null,
  point: null,
  sweep: null,
  branchOf: null,
  round: 0,
  progress: FRESH,
  criteria: [],
  curation: null,
  revision: 0,
};

const UNBEGUN = {
  node: '',
  state: 'waiting',
  values: {},
  input: null,
  attempt: 1,
  retries: 0,
  notBefore: null,
  avoid: null,
  boost: NO_BOOST,
  wave: 0,
  exitCode: null,
  failure: null,
  startedAt: null,
  endedAt: null,
  numbers: {},
  collected: false,
} as const;

export function isFinal({ state }: Pick<Task, 'state'>): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

function isUncollected({ state, collected }: Task): boolean {
  return !collected && (state === 'succeeded' || state === 'failed');
}
