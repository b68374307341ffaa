import type { VariablesOf } from 'gql.tada';
import { findAddress, type KilnEnvironment } from './address.ts';
import { Comparisons } from './comparisons.ts';
import { Curations } from './curations.ts';
import type { Connector, CreatedToken, Job, JobEventBatch, JobPreview, LogChunk, OutputEntry, Task } from './documents.ts';
import * as documents from './documents.ts';
import { type DownloadOptions, downloadTree } from './download.ts';
import { KilnError } from './errors.ts';
import { type Downloaded, openFile } from './files.ts';
import { found, foundTask } from './found.ts';
import { type DeclaredOutput, declaredOutputs, foundOutput, type TaskFiles } from './found-output.ts';
import { Iterations } from './iterations.ts';
import { Live } from './live.ts';
import { type LogOptions, readLogs, readTail, type TailOptions } from './logs.ts';
import { readNumbers } from './numbers.ts';
import type { Attempt, FailureCount, Node, NumberTable, RetryCost } from './outcome-documents.ts';
import * as outcome from './outcome-documents.ts';
import { Platforms } from './platforms.ts';
import { type Connection, request } from './request.ts';
import { StorageFiles } from './storage-files.ts';
import { Sweeps } from './sweeps.ts';

export { KilnError, type KilnErrorCode } from './errors.ts';
export type * from './types.ts';

export interface KilnOptions extends Connection {
  /** How long a lost connection is tried again before an iteration throws, in milliseconds; default 10 minutes. */
  readonly patience?: number;
}

/** Values by parameter name, as in the connector's form; `sweep` is a map of name → list of values. */
export type SubmittedParameters = Readonly<Record<string, unknown>>;
export type JobFilter = NonNullable<VariablesOf<typeof documents.jobsQuery>['filter']>;
export type JobSort = NonNullable<VariablesOf<typeof documents.jobsQuery>['sort']>;
export type TaskStateName = Task['state'];
/** A job's number; the API writes it as text. */
export type JobId = string | number;

const PAGE = 100;
const ENDED: ReadonlySet<string> = new Set<Job['status']>(['succeeded', 'failed', 'cancelled']);

/** Kiln as the environment names it, for `connect(process.env)`: `KILN_URL` and `KILN_TOKEN`, else what `kiln up` left for this machine. @throws KilnError */
export function connect(environment: KilnEnvironment): Kiln {
  return new Kiln(findAddress(environment));
}

/** True when nothing of the job is left to happen. */
export function hasEnded(job: Pick<Job, 'status'>): boolean {
  return ENDED.has(job.status);
}

/**
 * Kiln for scripts: `const kiln = connect(process.env)` or `new Kiln({ url, token })`.
 * Every method throws `KilnError`; its `code` is stable.
 */
export class Kiln {
  readonly url: string;
  /** Places that compute or store: register, check, change and remove them. */
  readonly platforms: Platforms;
  /** What iterations came to; stop, continue and branch them. */
  readonly iterations: Iterations;
  /** Many jobs as one: submit, watch, extend, cancel and retry them. */
  readonly sweeps: Sweeps;
  /** Jobs and tasks side by side. */
  readonly comparisons: Comparisons;
  readonly curations: Curations;
  /** What is in storages: list, read, download and upload it. */
  readonly files: StorageFiles;
  readonly #options: KilnOptions;
  readonly #live: Live;

  constructor(options: KilnOptions) {
    this.url = options.url;
    this.#options = options;
    this.#live = new Live(options, options.patience);
    this.platforms = new Platforms(options, this.#live);
    this.iterations = new Iterations(options);
    this.files = new StorageFiles(options);
    this.sweeps = new Sweeps(options, this.#live);
    this.comparisons = new Comparisons(options);
    this.curations = new Curations(options);
  }

  /** Who asks. */
  async viewer(): Promise<{ id: string; name: string; administrator: boolean }> {
    return (await request(this.#options, documents.viewerQuery, {})).viewer;
  }

  /** Every connector folder, broken ones with their reason. */
  async connectors(): Promise<Connector[]> {
    return (await request(this.#options, documents.connectorsQuery, {})).connectors;
  }

  /**
   * Submits a job and resolves when it is accepted, not when it is done.
   * The same `idempotencyKey` always gives the same job, however often it is submitted.
   * @throws KilnError with everything that is wrong in `problems`
   */
  async submit(connector: string, parameters: SubmittedParameters = {}, options: { idempotencyKey?: string } = {}): Promise<Job> {
    const input = { connector, parameters: { ...parameters }, idempotencyKey: options.idempotencyKey ?? null };
    const { job, problems } = (await request(this.#options, documents.submitMutation, { input })).submitJob;
    if (job && problems.length === 0) return job;
    throw KilnError.refused(`${connector} was not submitted`, problems);
  }

  /** What `submit` would do, with the problems it would have; runs nothing. */
  async preview(connector: string, parameters: SubmittedParameters = {}): Promise<JobPreview> {
    const input = { connector, parameters: { ...parameters } };
    return (await request(this.#options, documents.previewMutation, { input })).previewJob;
  }

  /** Jobs of the viewer, children of sweeps only if `filter` says so; newest first unless `sort` says `OLDEST`; pages are fetched as they are needed. */
  async *jobs(filter: JobFilter = {}, options: { sort?: JobSort; pageSize?: number } = {}): AsyncGenerator<Job, void, undefined> {
    let after: string | null = null;
    for (;;) {
      const variables: VariablesOf<typeof documents.jobsQuery> = {
        filter,
        sort: options.sort ?? 'NEWEST',
        first: options.pageSize ?? PAGE,
        after,
      };
      const { jobs } = await request(this.#options, documents.jobsQuery, variables);
      yield* jobs.nodes;
      if (!jobs.pageInfo.hasNextPage) return;
      after = jobs.pageInfo.endCursor;
    }
  }

  /** @throws KilnError `NOT_FOUND` */
  async job(id: JobId): Promise<Job> {
    return found(id, (await request(this.#options, documents.jobQuery, { id: String(id) })).job);
  }

  /** Tasks of a job in the order of their numbers; of the current iteration unless another is named. */
  async *tasks(id: JobId, options: { states?: TaskStateName[]; iteration?: number } = {}): AsyncGenerator<Task, void, undefined> {
    let after: string | null = null;
    for (;;) {
      const { states = null, iteration = null } = options;
      const variables: VariablesOf<typeof documents.tasksQuery> = { id: String(id), states, iteration, first: PAGE, after };
      const { tasks } = found(id, (await request(this.#options, documents.tasksQuery, variables)).job);
      yield* tasks.nodes;
      if (!tasks.pageInfo.hasNextPage) return;
      after = tasks.pageInfo.endCursor;
    }
  }

  /**
   * The job's events after sequence number `after` (default 0: its whole history) in batches, live until the job has ended.
   * A broken connection is made again and goes on after the last event: nothing is missed, nothing comes twice.
   */
  async *watch(id: JobId, options: { after?: number } = {}): AsyncGenerator<JobEventBatch, void, undefined> {
    let after = options.after ?? 0;
    const isOver = async () => isCaughtUp(await this.job(id), after);
    if (await isOver()) return;
    const variables = () => ({ id: String(id), after });
    for await (const { jobEvents } of this.#live.follow(documents.jobEventsSubscription, variables, isOver)) {
      after = Math.max(after, jobEvents.lastSeq);
      yield jobEvents;
      if (isCaughtUp(jobEvents.job, after)) return;
    }
  }

  /** Resolves with the job when it has ended, however it ended: look at its `status`. */
  async wait(id: JobId): Promise<Job> {
    let job = await this.job(id);
    if (hasEnded(job)) return job;
    for await (const batch of this.watch(id, { after: job.lastSeq })) job = batch.job;
    return hasEnded(job) ? job : this.job(id);
  }

  /**
   * A task's log in pieces of text, from byte `offset` on: as far as it is written now, or with `follow` until its attempt has ended.
   * @throws KilnError `NOT_FOUND` if there is no such task (yet)
   */
  async *logs(id: JobId, task: number, options: LogOptions = {}): AsyncGenerator<LogChunk, void, undefined> {
    yield* readLogs(this.#options, this.#live, String(id), task, options);
  }

  /** The last lines of a task's log, of its standard error unless `stream` says otherwise; of 64 KiB at most. */
  tail(id: JobId, task: number, options: TailOptions = {}): Promise<string> {
    return readTail(this.#options, String(id), task, options);
  }

  /** Earlier attempts of a task, the first one first. */
  async attempts(id: JobId, task: number): Promise<Attempt[]> {
    return foundTask(id, task, found(id, (await request(this.#options, outcome.attemptsQuery, { id: String(id), task })).job).task)
      .attempts;
  }

  /** How tasks of an iteration failed, the most frequent first; of the current iteration unless another is named. */
  async failures(id: JobId, iteration?: number): Promise<FailureCount[]> {
    const variables = { id: String(id), iteration: iteration ?? null };
    return found(id, (await request(this.#options, outcome.failuresQuery, variables)).job).failures;
  }

  /** What trying again has cost, over all iterations. */
  async retryCost(id: JobId): Promise<RetryCost> {
    return found(id, (await request(this.#options, outcome.retryCostQuery, { id: String(id) })).job).retryCost;
  }

  /** What the `outputs` of its connector were in each task of an iteration (default: the current one), in tables of some thousand tasks. */
  numbers(id: JobId, iteration?: number): AsyncGenerator<NumberTable, void, undefined> {
    return readNumbers(this.#options, String(id), iteration ?? null);
  }

  /** What each task of a job leaves in its files, as its connector tells it. */
  declaredOutputs(id: JobId): Promise<readonly DeclaredOutput[]> {
    return declaredOutputs(this.#options, String(id));
  }

  /** The tasks whose results are home, in their order, with the files that a declared output is in each; of the current iteration unless another is named. */
  foundOutput(id: JobId, name: string, iteration?: number): AsyncGenerator<TaskFiles, void, undefined> {
    return foundOutput(this.#options, String(id), name, iteration ?? null);
  }

  /** The machines that a job uses or used. */
  async nodes(id: JobId): Promise<Node[]> {
    return found(id, (await request(this.#options, outcome.nodesQuery, { id: String(id) })).job).nodes;
  }

  /** Entries of a directory below the job's output directory; `''` is that directory itself. */
  async outputs(id: JobId, path = ''): Promise<OutputEntry[]> {
    return found(id, (await request(this.#options, documents.outputsQuery, { id: String(id), path })).job).outputs;
  }

  /** The bytes of one output file, from byte `offset` on, or so many before its end if that is negative. */
  async *read(entry: Pick<OutputEntry, 'path' | 'url'>, offset = 0): AsyncGenerator<Uint8Array, void, undefined> {
    const response = await openFile(this.#options, entry, offset);
    if (response.body) yield* response.body;
  }

  /**
   * Brings the outputs of a job below `path` (default: all) into `directory`, file by file as each is done. It goes on where an earlier
   * download stopped, and never writes outside `directory`.
   */
  download(id: JobId, directory: string, options: DownloadOptions = {}): AsyncGenerator<Downloaded, void, undefined> {
    return downloadTree(this.#options, (path) => this.outputs(id, path), directory, { patience: this.#options.patience, ...options });
  }

  /** Asks for the end of a job; what it started is stopped and what it rented is given back before it is `cancelled`. */
  async cancel(id: JobId): Promise<Job> {
    return (await request(this.#options, documents.cancelMutation, { id: String(id) })).cancelJob;
  }

  /**
   * `FAILED`: the same job goes on with the tasks that did not succeed, from now on with other `parameters` for resources, retries and
   * limits. `ALL`: a new job with the same parameters and version.
   */
  async retry(id: JobId, scope: 'FAILED' | 'ALL' = 'FAILED', parameters: SubmittedParameters | null = null): Promise<Job> {
    return (await request(this.#options, documents.retryMutation, { id: String(id), scope, parameters: parameters && { ...parameters } }))
      .retryJob;
  }

  /** Administrators only. Jobs of a deactivated connector stay. */
  async setConnectorActive(name: string, active: boolean): Promise<Connector> {
    return (await request(this.#options, documents.setActiveMutation, { name, active })).setConnectorActive;
  }

  /** A personal API token; its text is shown this once. */
  async createToken(name: string): Promise<CreatedToken> {
    return (await request(this.#options, documents.createTokenMutation, { name })).createApiToken;
  }
}

function isCaughtUp(job: Job, after: number): boolean {
  return hasEnded(job) && after >= job.lastSeq;
}
