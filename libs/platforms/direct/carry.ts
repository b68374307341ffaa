import { KnownError } from '@kiln/domain';
import { remoteLine } from '../shells/remote-line.ts';
import { createKey } from '../shells/ssh.ts';
import { changeKeys, onceIn, onlyOnce, restrictedKey } from './keys.ts';
import { type DirectMachine, knownHost, loginArguments } from './machine.ts';
import { Progress } from './progress.ts';
import { marked, runScript, scriptLine } from './scripts.ts';

/** Milliseconds for what must be done after a copy, on each machine. */
const AFTERWARDS = 200_000;

/** A copy between two machines: `client` logs in to `server`. */
export interface Carriage {
  readonly client: DirectMachine;
  readonly server: DirectMachine;
  readonly way: 'push' | 'pull';
  /** What writes the archive on one of them, and what unpacks it on the other. */
  readonly onClient: readonly string[];
  readonly onServer: readonly string[];
  /** Its mark is `marks`, a dash and `id`. */
  readonly marks: string;
  readonly id: string;
  /** The server knows keys that expire. */
  readonly expires: boolean;
  /** Absolute path of the directory that is unpacked into. */
  readonly hidden: string;
}

export interface Carrying {
  /** Called with the fingerprint of the key, as OpenSSH shows it, before anybody else has the key. */
  readonly begin: (fingerprint: string) => Promise<void>;
  /** Of the numbers of other marks that the server has, those that are of no running copy. */
  readonly forgotten: (found: readonly string[]) => Promise<readonly string[]>;
  /** Called with the bytes of the archive that have passed so far. */
  readonly moved: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export interface Carried {
  readonly bytes: number;
  /** The server does not have the key any more. */
  readonly clean: boolean;
}

/**
 * Copies, with a key that is made for it, that opens nothing else, and nothing twice, and that is gone from both machines as soon as it
 * was used. What has arrived is left where it is. @throws KnownError if it was cut: then `endCopy` must be called
 */
export async function carry(carriage: Carriage, carrying: Carrying): Promise<Carried> {
  const { server, marks, id } = carriage;
  let drop: readonly string[] = [id];
  let removal: Promise<boolean> | null = null;
  const removed = () => {
    removal ??= removeKeys(server, marks, id, drop).then(succeeded, failed);
    return removal;
  };
  try {
    const { found, privateKey } = await letIn(carriage, carrying);
    drop = [id, ...(await carrying.forgotten(found))];
    const bytes = await move(carriage, carrying, privateKey, removed);
    await end(server, carriage, carrying.signal, onceIn(server.root, id)); // whatever the client says, nobody writes there any more
    return { bytes, clean: await removed() };
  } finally {
    await removal;
  }
}

const succeeded = () => true;
const failed = () => false;

/** Has the server let a fresh key in; `found` are the other marks there. */
async function letIn(carriage: Carriage, { begin, signal }: Carrying): Promise<{ found: readonly string[]; privateKey: string }> {
  const { server, marks, id, expires, onServer } = carriage;
  const { credential, publicKey, fingerprint } = createKey(`${marks}-${id}`);
  const line = restrictedKey(publicKey, remoteLine(marked(`${marks}-${id}`, onlyOnce(server.root, id, onServer))));
  await begin(fingerprint);
  const there = await changeKeys(server.shell(signal), server, { marks, id, drop: [], add: { line, expires } });
  return { found: there.filter((other) => other !== id), privateKey: credential.privateKey };
}

/** Has the client move the archive, and resolves with its bytes. `signedIn` is called when the key is of no more use. */
async function move(carriage: Carriage, { moved, signal }: Carrying, key: string, signedIn: () => void): Promise<number> {
  const { client, server, way, marks, id, onClient } = carriage;
  const argv = marked(`${marks}-${id}`, scriptLine('carry', [...loginArguments(client, id, server), way, ...onClient]));
  const progress = new Progress(moved, signedIn);
  for await (const piece of client.shell(signal).stream(argv, `${await knownHost(server)}${key}`)) progress.read(piece);
  if (progress.outcome && 'bytes' in progress.outcome) return progress.outcome.bytes;
  const why = progress.outcome?.failed || `${client.name} did not say how it went`;
  throw new KnownError('PLATFORM_UNAVAILABLE', why, { retryable: true });
}

async function removeKeys(server: DirectMachine, marks: string, id: string, drop: readonly string[]): Promise<void> {
  await changeKeys(server.shell(AbortSignal.timeout(AFTERWARDS)), server, { marks, id, drop });
}

/** A copy whose end nobody saw; a machine that is not registered any more is null. */
export type Left = Pick<Carriage, 'marks' | 'id' | 'way' | 'hidden'> & {
  readonly client: DirectMachine | null;
  readonly server: DirectMachine | null;
};

/**
 * Ends what is at work for a copy, and removes what of it is on either machine, until `signal` aborts.
 * @throws KnownError if one cannot be reached
 */
export async function endCopy({ client, server, way, hidden, ...mark }: Left, signal?: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([AbortSignal.timeout(AFTERWARDS), ...(signal ? [signal] : [])]);
  const onClient = (machine: DirectMachine) =>
    end(machine, mark, limit, `${machine.root}/.direct-${mark.id}`, ...(way === 'pull' ? [hidden] : []));
  const onServer = async (machine: DirectMachine) => {
    await end(machine, mark, limit, onceIn(machine.root, mark.id), ...(way === 'push' ? [hidden] : []));
    await removeKeys(machine, mark.marks, mark.id, [mark.id]);
  };
  const all = await Promise.allSettled([client && onClient(client), server && onServer(server)]);
  for (const one of all) if (one.status === 'rejected') throw one.reason;
}

async function end(
  machine: DirectMachine,
  { marks, id }: Pick<Carriage, 'marks' | 'id'>,
  signal: AbortSignal,
  ...directories: readonly string[]
): Promise<void> {
  const what = `What is left of a copy on ${machine.name} could not be removed`;
  await runScript(machine.shell(signal), 'end', [`${marks}-${id}`, ...directories], what, { timeout: AFTERWARDS });
}
