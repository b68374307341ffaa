import type { AttemptRow } from '@kiln/db/attempts';
import type { TaskRow } from '@kiln/db/job-tasks';
import { attemptStatus, taskStatus } from './action-status.ts';
import type { Crate } from './crate.ts';
import { type Reference, ref } from './graph.ts';
import { AGENT, iterationId, nodeId, taskId } from './ids.ts';
import { archivePath, idOfPath } from './names.ts';
import type { Slots } from './slots.ts';

export interface RunOptions {
  /** What each task runs. */
  readonly tool: Reference;
  readonly slots: Slots;
  /** Values that all tasks have. */
  readonly shared: Readonly<Record<string, Reference>>;
}

/** What is said of the runs of a task. */
export class TaskRun {
  #object: Reference[] | null = null;

  constructor(
    private readonly crate: Crate,
    private readonly task: TaskRow,
    private readonly options: RunOptions,
    /** Its `values.json`. */
    private readonly own: Reference,
  ) {}

  async attempt({ attempt, node, startedAt, endedAt, failure }: AttemptRow): Promise<Reference> {
    const id = taskId(this.task.number, attempt);
    await this.describe(
      id,
      `Attempt ${attempt} at task ${this.task.number}`,
      node,
      attempt,
      { startedAt, endedAt },
      attemptStatus(failure),
    );
    return ref(id);
  }

  async present(results: readonly Reference[]): Promise<Reference> {
    const { number, node, attempt, numbers } = this.task;
    const id = taskId(number);
    const came = [...results];
    for (const [name, value] of Object.entries(numbers)) came.push(await this.options.slots.value('output', `task-${number}`, name, value));
    const facts = { ...taskStatus(this.task), ...(came.length > 0 ? { result: came } : {}) };
    await this.describe(id, `Task ${number}`, node, attempt, this.task, facts);
    return ref(id);
  }

  private async describe(
    id: string,
    name: string,
    node: string,
    attempt: number,
    { startedAt, endedAt }: Pick<TaskRow, 'startedAt' | 'endedAt'>,
    facts: object,
  ): Promise<void> {
    const { iteration, values } = this.task;
    const point = Object.entries(values).map(([key, value]) => `${key}=${value}`);
    await this.crate.describe({
      '@id': id,
      '@type': 'CreateAction',
      name,
      description: `main.sh in iteration ${iteration}${point.length > 0 ? `, with ${point.join(', ')}` : ''}`,
      instrument: this.options.tool,
      agent: AGENT,
      object: await this.object(),
      environment: await this.environment(node, attempt),
      ...(node === '' ? {} : { location: ref(nodeId(node)) }),
      ...(startedAt === null ? {} : { startTime: startedAt }),
      ...(endedAt === null ? {} : { endTime: endedAt }),
      ...facts,
    });
  }

  /** `values.json`, the values in it one by one, and the input set. */
  private async object(): Promise<Reference[]> {
    if (this.#object) return this.#object;
    const { number, iteration, values, input } = this.task;
    const point: Record<string, Reference> = {};
    for (const [name, value] of Object.entries(values))
      point[name] = await this.options.slots.value('input', `task-${number}`, name, value);
    const directory = `input_${this.crate.ownInputs.has(iteration) ? iteration : 0}`;
    const set = input === null ? [] : [ref(`${idOfPath(archivePath(`${directory}/${input}`))}/`)];
    this.#object = [this.own, ...Object.values({ ...this.options.shared, ...point }), ...set];
    return this.#object;
  }

  private async environment(node: string, attempt: number): Promise<Reference[]> {
    const { slots } = this.options;
    const { number, iteration } = this.task;
    return [
      await slots.variable(`#environment-task-${number}`, 'KILN_TASK', String(number)),
      await slots.variable(`#environment-attempt-${attempt}`, 'KILN_ATTEMPT', String(attempt)),
      await slots.variable(`#environment${iterationId(iteration).replace('#', '-')}`, 'KILN_ITERATION', String(iteration)),
      await slots.variable('#environment-job', 'KILN_JOB', String(this.crate.job.id)),
      ...(node === '' ? [] : [await slots.variable(nodeId(node).replace('#', '#environment-'), 'KILN_NODE', node)]),
    ];
  }
}
