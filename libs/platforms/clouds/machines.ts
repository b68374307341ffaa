import { type Cloud, type Creation, type JobRef, jobDirectory, KnownError, type Machine } from '@kiln/domain';
import type { Machines } from '../machines.ts';
import { addressOf } from '../shells/pool.ts';
import { freeNumbers, nameOf } from './numbers.ts';
import type { CloudMachine, CloudProvider, Seen } from './provider.ts';

export interface CloudMachinesOptions {
  readonly cloud: Cloud;
  /** Tasks at once on each machine. */
  readonly slots: number;
  /** What a machine shows to whoever logs in there first. @throws KnownError as long as nobody can */
  readonly greet: (address: string) => Promise<Seen>;
  /** A machine's directory for jobs, from the home directory there. */
  readonly rootIn: (home: string) => string;
  /** No connection to there is of use any more. */
  readonly gone: (name: string, address: string) => void;
  /** Waits that many milliseconds. */
  readonly pause: (time: number) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Of the boot time-out: others do not wait for a machine that takes longer. */
const LATE = 0.5;
/** Requests for machines that are under way at once. */
const AT_ONCE = 5;
/** Seconds between looks whether machines are gone; then the job waits, not the worker. */
const PAUSES = [0, 1, 2, 4, 8, 15, 30];

/** The machines of a job in a cloud. A machine is there for the job once Kiln has logged in, which is noted with the machine itself. */
export function cloudMachines(provider: CloudProvider, options: CloudMachinesOptions): Machines {
  const { cloud, slots, rootIn, gone, pause } = options;

  const ofJob = async (job: JobRef) => (await provider.list()).filter((machine) => machine.job === jobDirectory(job));
  const loginOf = (address: string) => addressOf({ user: cloud.user, host: address, port: 22 });
  const known = ({ name, address, seen, age }: CloudMachine): Machine[] =>
    address && seen ? [{ name, address: loginOf(address), root: rootIn(seen.home), slots, age }] : [];

  const look = lookAt(provider, options, known);

  return {
    list: async (job) =>
      firstOfEach(await ofJob(job))
        .filter(({ state }) => state !== 'failed')
        .flatMap(known),

    async create(job, count, ours, past): Promise<Creation> {
      const all = (await ofJob(job)).filter(({ name }) => !past.includes(name));
      const machines = firstOfEach(all);
      for (const { id } of duplicatesIn(all)) await provider.destroy(id);
      const asked = await ask(provider, job, freeNumbers(job, count, machines, past), ours);
      const refused = await expose(provider, machines, ours);
      const looks = await Promise.all(machines.map((machine) => look(machine, refused.get(machine.id))));
      const underWay = machines.filter((_, i) => looks[i] === 'coming');
      const late = underWay.filter(({ age }) => age > cloud.bootTimeout * LATE).length;
      const coming = underWay.length + asked.made;
      const there = looks.filter((one) => typeof one === 'object' && 'root' in one);
      if (asked.delay && !machines.some(({ age }) => age > cloud.bootTimeout)) throw asked.delay; // a look tells what was made all the same
      const { delayed } = asked;
      if (coming > 0) return { machines: there, coming, late, delayed, reasons: [] };
      const useless = machines.filter((_, i) => 'reason' in Object(looks[i]));
      for (const { id } of useless) await provider.destroy(id);
      return { machines: there, coming: 0, late: 0, delayed, reasons: reasonsOf(asked, looks) };
    },

    async giveBack(job, names) {
      for (const { id, name, address } of (await ofJob(job)).filter((machine) => names.includes(machine.name))) {
        await provider.destroy(id);
        if (address) gone(name, loginOf(address));
      }
    },

    async destroy(job) {
      const asked = new Set<string>();
      for (const seconds of PAUSES) {
        await pause(seconds * 1000);
        const left = await ofJob(job);
        const hidden = await hiddenFrom(left, provider, asked);
        if (left.length + hidden.length === 0) return;
        for (const id of [...left.map((machine) => machine.id), ...hidden]) {
          asked.add(id);
          await provider.destroy(id);
        }
        for (const { name, address } of left) if (address) gone(name, loginOf(address));
      }
      const message = `Machines of ${jobDirectory(job)} are still there though the cloud was asked to remove them; Kiln goes on asking.`;
      throw new KnownError('PLATFORM_UNAVAILABLE', message, { retryable: true });
    },
  };
}

/** What has become of one machine. Who can log in there for the first time notes what it showed. */
function lookAt(
  provider: CloudProvider,
  { cloud, greet, signal }: CloudMachinesOptions,
  known: (machine: CloudMachine) => readonly Machine[],
): (machine: CloudMachine, refused: KnownError | undefined) => Promise<Looked> {
  return async (machine, refused) => {
    const { name, state, age, address, seen, fault } = machine;
    const [there] = known(machine);
    if (there && state === 'up') return there;
    if (fault) return { reason: fault };
    const late = (why: string) =>
      age < cloud.bootTimeout ? ('coming' as const) : { reason: `On ${name} nobody could log in within ${cloud.bootTimeout} s: ${why}` };
    if (state === 'coming') return late('the cloud has not started it.');
    if (!address && refused && !refused.retryable) return { reason: `${name} gets no address: ${refused.message}` };
    if (!address) return late(refused?.message ?? 'it has no address.');
    try {
      const shown = seen ?? (await greet(address));
      if (!seen) await provider.note(machine.id, shown);
      return known({ ...machine, seen: shown })[0] ?? 'coming';
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KnownError)) throw error;
      return late(error.message);
    }
  };
}

/** Those that are there though no list shows them: a part of a cloud that does not answer is left out without a word. */
async function hiddenFrom(
  listed: readonly CloudMachine[],
  provider: CloudProvider,
  asked: ReadonlySet<string>,
): Promise<readonly string[]> {
  const hidden: string[] = [];
  for (const one of asked) if (listed.every(({ id }) => id !== one) && (await provider.isThere(one))) hidden.push(one);
  return hidden;
}

/** What has become of one machine. */
type Looked = Machine | 'coming' | { readonly reason: string };

/** Why there are not as many as were asked for; each reason once. */
function reasonsOf({ refused, delay }: Asked, looks: readonly Looked[]): readonly string[] {
  const useless = looks.flatMap((one) => (typeof one === 'object' && 'reason' in one ? [one.reason] : []));
  return [...new Set([...refused, ...(delay ? [delay.message] : []), ...useless])];
}

/** What became of requests for machines. */
interface Asked {
  readonly made: number;
  readonly refused: readonly string[];
  /** Trouble that may pass; those that are there already do not wait for it longer than for one that boots. */
  readonly delay: KnownError | null;
  /** How many it was that met that, or were not asked for because of it. */
  readonly delayed: number;
}

/** As many at once as is polite; after a refusal no more are asked for. */
async function ask(provider: CloudProvider, job: JobRef, numbers: readonly number[], ours: () => Promise<void>): Promise<Asked> {
  const refused: string[] = [];
  let delay: KnownError | null = null;
  let made = 0;
  for (let i = 0; i < numbers.length && refused.length === 0 && !delay; i += AT_ONCE) {
    await ours(); // a worker that stood still may have lost the job to another
    const some = numbers.slice(i, i + AT_ONCE);
    const asked = some.map((number) => provider.create({ job: jobDirectory(job), number, name: nameOf(job, number) }));
    for (const result of await Promise.allSettled(asked)) {
      if (result.status === 'fulfilled') made += 1;
      else if (!(result.reason instanceof KnownError)) throw result.reason;
      else if (result.reason.retryable) delay = result.reason;
      else refused.push(result.reason.message);
    }
  }
  return { made, refused, delay, delayed: delay ? numbers.length - made - refused.length : 0 };
}

/** Has machines get addresses that have none though they are up; tells why some do not, by their ids. */
async function expose(
  provider: CloudProvider,
  machines: readonly CloudMachine[],
  ours: () => Promise<void>,
): Promise<ReadonlyMap<string, KnownError>> {
  const refused = new Map<string, KnownError>();
  const bare = provider.expose ? machines.filter(({ state, address }) => state === 'up' && !address) : [];
  for (let i = 0; i < bare.length; i += AT_ONCE) {
    await ours();
    const some = bare.slice(i, i + AT_ONCE);
    const asked = await Promise.allSettled(some.map((machine) => provider.expose?.(machine)));
    for (const [at, { id }] of some.entries()) {
      const result = asked[at];
      if (result?.status !== 'rejected') continue;
      if (!(result.reason instanceof KnownError)) throw result.reason;
      refused.set(id, result.reason);
    }
  }
  return refused;
}

/** The oldest one of each number, of those on which somebody has logged in if there are such. */
function firstOfEach(machines: readonly CloudMachine[]): readonly CloudMachine[] {
  return machines.filter((machine) => isFirst(machine, machines)).sort((a, b) => a.number - b.number);
}

/** What there is of one job and number beside the one that counts: of workers that asked for the same machine, each may have had one. */
export function duplicatesIn(machines: readonly CloudMachine[]): readonly CloudMachine[] {
  return machines.filter((machine) => !isFirst(machine, machines));
}

function isFirst({ id, job, number }: CloudMachine, machines: readonly CloudMachine[]): boolean {
  const same = machines.filter((other) => other.job === job && other.number === number);
  return (same.find(({ seen }) => seen) ?? same[0])?.id === id;
}
