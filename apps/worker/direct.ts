import { randomUUID } from 'node:crypto';
import type { Database } from '@kiln/db/connect';
import { beginCopy, claimCopy, forgetCopy, leaveCopy, noteOnce, unknownCopies } from '@kiln/db/direct-copies';
import { type Copy, type CopyEnd, type Job, KnownError, type World } from '@kiln/domain';
import { type Carriage, type Carried, carry, endCopy } from '@kiln/platforms/direct/carry';
import type { DirectMachine } from '@kiln/platforms/direct/machine';
import { addressOf } from '@kiln/platforms/shells/pool';
import { fromDatabase } from './from-database.ts';
import type { Keyring } from './keyring.ts';
import type { Meter } from './meter.ts';
import { createRoutes, type Routes } from './routes.ts';

/** What is less is sooner streamed than a key is made; bytes. */
const LEAST = 1024 * 1024;

export interface Directing {
  readonly db: Database;
  readonly routes: Routes;
  /** What the marks of this installation's keys begin with. */
  readonly marks: string;
  /** Comes when this worker is known to the others. */
  readonly workerId: Promise<() => string>;
  /** Ids of the copies that it is at work on. */
  readonly running: Set<string>;
  /** To be called when it is, with what tells its id. */
  known(id: () => string): void;
}

export function createDirecting(db: Database, { installation }: Pick<Keyring, 'installation'>): Directing {
  let known: Directing['known'] = () => {};
  const workerId = new Promise<() => string>((resolve) => {
    known = resolve;
  });
  return { db, routes: createRoutes(), marks: `kiln-direct-${installation}`, workerId, running: new Set(), known };
}

/** What is known of the job whose files are copied. */
export interface Copier {
  readonly job: Pick<Job, 'id'>;
  /** Null is this machine, a bucket or nothing. */
  readonly ends: Readonly<Record<CopyEnd, DirectMachine | null>>;
  readonly meter: Meter;
  readonly confirm: World['confirm'];
  readonly signal: AbortSignal;
}

interface Way {
  readonly client: DirectMachine;
  readonly server: DirectMachine;
  readonly expires: boolean;
}

/** Has one machine bring something to another one, if one of them reaches the other. Never fails where streaming would not. */
export function directCopies(directing: Directing, copier: Copier): World['direct'] {
  const { db, routes } = directing;
  const { job, ends, signal } = copier;
  const tell = (from: DirectMachine, to: DirectMachine, why: string) => {
    const reason = why.trim().replace(/\.$/, '');
    return fromDatabase(() =>
      noteOnce(db, job.id, `What goes from ${from.name} to ${to.name} goes through Kiln, not directly: ${reason}.`),
    );
  };

  return async ({ outlet, inlet, ...copy }) => {
    const [from, to] = [ends[copy.from], ends[copy.to]];
    if (!outlet || !inlet || !from || !to || addressOf(from.connection) === addressOf(to.connection)) return false;
    let copying: { readonly way: Way; readonly one: OneCopy } | null = null;
    try {
      const { argv, bytes } = await outlet.offer();
      if (bytes < LEAST) return false;
      const found = await wayBetween(routes, copy, from, to, signal);
      if ('why' in found) {
        await tell(from, to, found.why);
        return false;
      }
      const one = new OneCopy(directing, copier, { from, to, ...found, argv, direction: copy.direction });
      copying = { way: found, one };
      await inlet.take({ carry: (unpack, hidden) => one.carry(unpack, hidden), sent: () => outlet.tally(), confirm: () => one.confirm() });
      await one.succeeded();
      return true;
    } catch (error) {
      await copying?.one.failed();
      signal.throwIfAborted();
      if (!(error instanceof KnownError) || error.code === 'CONFLICT' || error.code === 'DATABASE_AWAY') throw error;
      if (copying) routes.failed(copying.way.client, copying.way.server);
      await tell(from, to, error.message);
      return false;
    } finally {
      copying?.one.over();
      await outlet.close().catch(() => undefined); // it goes with the job at the latest
    }
  };
}

/** A node is asked first whether it reaches the storage: it is the storage that others rely on. */
async function wayBetween(
  routes: Routes,
  copy: Pick<Copy, 'to'>,
  from: DirectMachine,
  to: DirectMachine,
  signal: AbortSignal,
): Promise<Way | { readonly why: string }> {
  const [first, second] = copy.to === 'node' ? [to, from] : [from, to];
  const why: string[] = [];
  for (const [client, server] of [
    [first, second],
    [second, first],
  ] as const) {
    const reach = await routes.reach(client, server, signal);
    if (reach.reached) return { client, server, expires: reach.expires };
    why.push(reach.why);
  }
  return { why: why.join('; ') };
}

interface Run extends Way {
  readonly from: DirectMachine;
  readonly to: DirectMachine;
  readonly direction: Copy['direction'];
  /** What writes the archive. */
  readonly argv: readonly string[];
}

/** A copy, from before anything of it is on a machine until nothing is left there but what was copied. */
class OneCopy {
  private readonly id = randomUUID();
  private carriage: Carriage | null = null;
  private carried: Carried | null = null;
  private fingerprint = '';
  private worker = '';

  constructor(
    private readonly directing: Directing,
    private readonly copier: Copier,
    private readonly run: Run,
  ) {}

  async carry(unpack: readonly string[], hidden: string): Promise<void> {
    const { db, marks, workerId, running } = this.directing;
    const { job, meter, signal } = this.copier;
    const { client, server, expires, from, argv, direction } = this.run;
    const push = client === from;
    const way = push
      ? ({ way: 'push', onClient: argv, onServer: unpack } as const)
      : ({ way: 'pull', onClient: unpack, onServer: argv } as const);
    const carriage = { client, server, marks, id: this.id, expires, hidden, ...way };
    const worker = (await workerId)();
    const moved = meter.begin(direction);
    let so = 0;
    this.carried = await carry(carriage, {
      begin: async (fingerprint) => {
        this.fingerprint = fingerprint;
        const row = { id: this.id, jobId: job.id, worker, client: client.name, server: server.name, way: way.way, hidden, fingerprint };
        running.add(this.id);
        this.carriage = carriage;
        this.worker = worker;
        await fromDatabase(() => beginCopy(db, row));
      },
      forgotten: (found) => fromDatabase(() => unknownCopies(db, found)),
      moved(bytes) {
        moved.add(bytes - so);
        so = bytes;
      },
      signal,
    }).finally(() => moved.end());
  }

  /** Whoever is late must not show it: what had come may be gone. */
  async confirm(): Promise<void> {
    const { db } = this.directing;
    const { worker, id } = this;
    if (!(await fromDatabase(() => claimCopy(db, { id, worker }, worker))))
      throw new KnownError('CONFLICT', 'Another worker has ended this copy.', { retryable: true });
    await this.copier.confirm();
  }

  /** It is where it belongs. */
  async succeeded(): Promise<void> {
    const { carried } = this;
    if (!carried) return; // it was there already
    const { db } = this.directing;
    const { job } = this.copier;
    const { from, to } = this.run;
    const went = `${carried.bytes.toLocaleString('en')} bytes went from ${from.name} to ${to.name} directly, with the key ${this.fingerprint}`;
    await fromDatabase(async () => {
      if (carried.clean) return void (await forgetCopy(db, { id: this.id, jobId: job.id }, `${went}, which is gone again.`));
      await leaveCopy(db, this.id);
      await noteOnce(db, job.id, `${went}, which Kiln could not remove yet.`);
    });
  }

  /** Nothing is done for it here any more. */
  over(): void {
    this.directing.running.delete(this.id);
  }

  /** Something went wrong; `leftCopies` goes on where a machine cannot be reached. */
  async failed(): Promise<void> {
    if (!this.carriage) return;
    const { db } = this.directing;
    const clean = await endCopy(this.carriage).then(
      () => true,
      () => false,
    );
    await fromDatabase(async () => {
      if (clean) await forgetCopy(db, { id: this.id, jobId: this.copier.job.id }, null);
      else await leaveCopy(db, this.id);
    });
  }
}
