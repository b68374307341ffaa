import {
  FRESH,
  type Job,
  type JobState,
  type Node,
  progressOfRetry,
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
  private readonly nodes = new Map<string, Node>();
  private job: Job;

  constructor(
    private readonly fixed: Pick<JobState, 'connector' | 'platform'>,
    parameters: Job['parameters'],
  ) {
    this.job = { ...NEW_JOB, connector: fixed.connector.name, parameters };
  }

  state(): JobState {
    return { ...this.fixed, job: this.job, nodes: [...this.nodes.values()], counts: countTasks(this.current()) };
  }

  readonly find = async ({ iteration, states, node, uncollected, limit }: TaskQuery): Promise<readonly Task[]> =>
    [...this.tasks.values()]
      .filter((task) => task.iteration === iteration && states.includes(task.state))
      .filter((task) => node === undefined || task.node === node)
      .filter((task) => !uncollected || (task.startedAt !== null && !task.collected))
      .slice(0, limit);

  save({ stage, changes, blocked }: Step): void {
    const { job } = this;
    this.job = {
      ...job,
      stage,
      blocked,
      status: changes.ended ?? (blocked ? 'blocked' : 'active'),
      ending: job.ending ?? changes.ending ?? null,
      iteration: changes.iteration ?? job.iteration,
      progress: { ...job.progress, ...changes.progress },
      criteria: changes.criteria ?? job.criteria,
      revision: job.revision + 1,
    };
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
    for (const { state, collected, number, iteration, values, attempt, startedAt } of this.current()) {
      if (state === 'succeeded' && collected) continue;
      this.tasks.set(number, { ...UNBEGUN, number, iteration, values, attempt: attempt + (startedAt === null ? 0 : 1) });
    }
  }

  private current(): readonly Task[] {
    return [...this.tasks.values()].filter(({ iteration }) => iteration === this.job.iteration);
  }

  private change(change: TaskChange): void {
    const task = this.tasks.get(change.number);
    if (!task) return;
    const state = isFinal(task) ? task.state : (change.state ?? task.state);
    this.tasks.set(change.number, { ...task, ...change, state });
  }
}

function countTasks(tasks: readonly Task[]): TaskCounts {
  const states = Object.fromEntries(TASK_STATES.map((state) => [state, tasks.filter((task) => task.state === state).length]));
  return {
    ...(states as Record<TaskState, number>), // from the list of all
    unassigned: tasks.filter(({ state, node }) => state === 'waiting' && node === '').length,
    uncollected: tasks.filter(isUncollected).length,
  };
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
  iteration: 0,
  round: 0,
  progress: FRESH,
  criteria: [],
  revision: 0,
};

const UNBEGUN = {
  node: '',
  state: 'waiting',
  values: {},
  attempt: 1,
  exitCode: null,
  failure: null,
  startedAt: null,
  endedAt: null,
  collected: false,
} as const;

export function isFinal({ state }: Pick<Task, 'state'>): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

function isUncollected({ state, startedAt, collected }: Task): boolean {
  return startedAt !== null && !collected && (state === 'succeeded' || state === 'failed');
}
