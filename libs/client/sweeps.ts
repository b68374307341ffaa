import { hasEnded } from '@kiln/domain';
import { KilnError } from './errors.ts';
import { openFile } from './files.ts';
import { foundSweep } from './found.ts';
import type { VariablesOf } from './graphql.ts';
import type { Live } from './live.ts';
import { type Connection, request } from './request.ts';
import type { NumberOf, Sweep, SweepChangedBatch, SweepNumberTable, SweepPreview } from './sweep-documents.ts';
import * as documents from './sweep-documents.ts';

/**
 * What a sweep goes over: a map of name and list of values, or text such as `"1:8"`; or a list of such maps. `$zip`, `$sample` and `$where`
 * are for values that go together, for samples and for conditions.
 */
export type Over = Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];

export interface SweepOptions {
  /** So many of its jobs run at once, 1 to 1000; by default as suits the platform. */
  readonly atMost?: number;
  /** The same key always gives the same sweep, however often it is submitted. */
  readonly idempotencyKey?: string;
}

const PAGE = 5000;

type Id = string | number;
type Parameters = Readonly<Record<string, unknown>>;

/** Many jobs of one connector as one: `kiln.sweeps`. Its jobs are found with `kiln.jobs({ sweep: id })`. */
export class Sweeps {
  constructor(
    private readonly connection: Connection,
    private readonly live: Live,
  ) {}

  /** Submits a job for each point of `over`; all have `parameters`. @throws KilnError with everything that is wrong in `problems` */
  async submit(connector: string, over: Over, parameters: Parameters = {}, options: SweepOptions = {}): Promise<Sweep> {
    const input = { ...inputOf(connector, over, parameters, options), idempotencyKey: options.idempotencyKey ?? null };
    const { sweep, problems } = (await request(this.connection, documents.submitSweepMutation, { input })).submitSweep;
    if (sweep && problems.length === 0) return sweep;
    throw KilnError.refused(`The sweep of ${connector} was not submitted`, problems);
  }

  /** What `submit` would do, with the problems it would have; runs nothing. */
  async preview(connector: string, over: Over, parameters: Parameters = {}, options: SweepOptions = {}): Promise<SweepPreview> {
    const input = inputOf(connector, over, parameters, options);
    return (await request(this.connection, documents.previewSweepMutation, { input })).previewSweep;
  }

  /** @throws KilnError `NOT_FOUND` */
  async get(id: Id): Promise<Sweep> {
    return foundSweep(id, (await request(this.connection, documents.sweepQuery, { id: String(id) })).sweep);
  }

  /** Newest first; pages are fetched as they are needed. */
  async *list(pageSize = 100): AsyncGenerator<Sweep, void, undefined> {
    for (let after: string | null = null; ; ) {
      const variables: { first: number; after: string | null } = { first: pageSize, after };
      const { sweeps } = await request(this.connection, documents.sweepsQuery, variables);
      yield* sweeps.nodes;
      if (!sweeps.pageInfo.hasNextPage) return;
      after = sweeps.pageInfo.endCursor;
    }
  }

  /**
   * What the `outputs` of its connector were in its jobs, in tables of some thousand jobs; of the tasks of each the mean, unless `of` says
   * otherwise.
   */
  async *numbers(id: Id, of: NumberOf = 'MEAN'): AsyncGenerator<SweepNumberTable, void, undefined> {
    for (let after: string | null = null; ; ) {
      const variables: VariablesOf<typeof documents.sweepNumbersQuery> = { id: String(id), of, first: PAGE, after };
      const table: SweepNumberTable = foundSweep(
        id,
        (await request(this.connection, documents.sweepNumbersQuery, variables)).sweep,
      ).numbers;
      yield table;
      if (!table.more) return;
      after = table.jobs.at(-1) ?? after;
    }
  }

  /** Its jobs as CSV: their points, numbers, states and times. */
  async csv(id: Id, of: NumberOf = 'MEAN'): Promise<string> {
    const url = `/files/sweeps/${encodeURIComponent(String(id))}/children.csv?of=${of.toLowerCase()}`;
    return (await openFile(this.connection, { path: 'children.csv', url })).text();
  }

  /** Adds jobs for points that the sweep does not have yet. @throws KilnError `CONFLICT` if the connector has changed since */
  async extend(id: Id, over: Over): Promise<{ readonly sweep: Sweep; readonly added: number }> {
    const variables = { id: String(id), over };
    const { sweep, added, problems } = (await request(this.connection, documents.extendSweepMutation, variables)).extendSweep;
    if (sweep && problems.length === 0) return { sweep, added };
    throw KilnError.refused(`Sweep ${id} was not extended`, problems);
  }

  /** Cancels every job of it that has not ended. */
  async cancel(id: Id): Promise<Sweep> {
    return (await request(this.connection, documents.cancelSweepMutation, { id: String(id) })).cancelSweep;
  }

  /** Jobs that failed or were cancelled wait for their turn again. @throws KilnError `CONFLICT` if there are none */
  async retry(id: Id): Promise<Sweep> {
    return (await request(this.connection, documents.retrySweepMutation, { id: String(id) })).retrySweep;
  }

  /** So many jobs of it run at once from now on. */
  async limit(id: Id, atMost: number): Promise<Sweep> {
    return (await request(this.connection, documents.limitSweepMutation, { id: String(id), atMost })).limitSweep;
  }

  /** Its jobs as they change, live until all have ended; a broken connection is made again and misses nothing. */
  async *watch(id: Id, options: { readonly after?: number } = {}): AsyncGenerator<SweepChangedBatch, void, undefined> {
    let after = options.after ?? 0;
    const isOver = async () => isCaughtUp(await this.get(id), after);
    if (await isOver()) return;
    const variables = () => ({ id: String(id), after });
    for await (const { sweepChanged } of this.live.follow(documents.sweepChangedSubscription, variables, isOver)) {
      after = Math.max(after, sweepChanged.lastSeq);
      yield sweepChanged;
      if (isCaughtUp(sweepChanged.sweep, after)) return;
    }
  }

  /** Resolves with the sweep when all its jobs have ended, however they ended: look at its `status` and `counts`. */
  async wait(id: Id): Promise<Sweep> {
    let sweep = await this.get(id);
    if (hasEnded(sweep.status)) return sweep;
    for await (const batch of this.watch(id, { after: sweep.lastSeq })) sweep = batch.sweep;
    return hasEnded(sweep.status) ? sweep : this.get(id);
  }
}

function inputOf(connector: string, over: Over, parameters: Parameters, { atMost }: SweepOptions) {
  return { connector, over, parameters: { ...parameters }, atMost: atMost ?? null };
}

function isCaughtUp({ status, lastSeq }: Sweep, after: number): boolean {
  return hasEnded(status) && after >= lastSeq;
}
