import { createHash } from 'node:crypto';
import { type Duplex, PassThrough, type Readable, type Writable } from 'node:stream';
import { type Credential, type Hop, type HostKey, KnownError } from '@kiln/domain';
import ssh2, { type AuthenticationType, type AuthHandlerMiddleware, Client, type ClientChannel, type ParsedKey } from 'ssh2';
import { signInTrouble, unreachable } from './ssh-trouble.ts';

/** How long a server may take to greet, and to let somebody in; milliseconds. */
const GREETING = 20_000;
/** A connection that is silent for about four of these is dead. */
const KEEP_ALIVE = 5000;

/** What somebody shows to be let in. */
export type Proof = Credential | { readonly password: string };

export interface Login {
  readonly hop: Hop;
  readonly proof: Proof;
  /** The key that this host must have; null takes what it shows. */
  readonly pinned: HostKey | null;
  /** A stream to the host, if it is not reached directly. */
  readonly through: Duplex | null;
}

/** With the key itself, in Base64. */
export type ShownHostKey = HostKey & { readonly key: string };

/** A connection on which commands run. */
export interface Link {
  readonly hostKey: ShownHostKey;
  /** Runs a line of the login shell. @throws Refused if the server allows no further session now */
  exec(line: string): Promise<RemoteCommand>;
  /** A stream to another host, as that host's neighbour. */
  tunnel(to: Hop): Promise<Duplex>;
  /** Resolves with why, when the connection is gone. */
  readonly gone: Promise<KnownError>;
  close(): void;
}

export interface RemoteCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** `code` is null if a signal ended it or the connection went. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Ends the command there, as far as the server lets, and the channel here. */
  kill(): void;
}

/** The server allows no further session on this connection. */
export class Refused extends Error {}

/** @throws KnownError, retryable, with a sentence for people */
export function openLink({ hop, proof, pinned, through }: Login): Promise<Link> {
  const key = 'privateKey' in proof ? parseKey(proof) : null;
  return new Promise((resolve, reject) => {
    const client = new Client();
    let hostKey: ShownHostKey | null = null;
    let refusedKey: HostKey | null = null;
    let accepted: readonly AuthenticationType[] = [];
    // For as long as the client lives: ssh2 tells of some troubles twice, and an error that nobody hears ends the process.
    client.on('error', () => undefined);
    const fail = (error: Error & { level?: string }) => {
      client.destroy();
      if (refusedKey && pinned) return reject(keyChanged(hop, pinned, refusedKey));
      if (error.level === 'client-authentication') return reject(signInTrouble(hop, proof, accepted));
      reject(unreachable(hop, error));
    };
    client.once('error', fail);
    client.once('close', () => fail(new Error('it hung up before the login was done')));
    client.once('ready', () => {
      client.off('error', fail).removeAllListeners('close');
      client.setNoDelay(true);
      if (hostKey) resolve(linkOf(client, hop, hostKey));
    });
    client.connect({
      ...(through ? { sock: through } : { host: hop.host, port: hop.port }),
      username: hop.user,
      readyTimeout: GREETING,
      keepaliveInterval: KEEP_ALIVE,
      keepaliveCountMax: 4,
      authHandler: authenticate(hop.user, key, proof, (left) => {
        accepted = left;
      }),
      hostVerifier: (raw: Buffer) => {
        hostKey = describeHostKey(hop, raw);
        if (!pinned || pinned.fingerprint === hostKey.fingerprint) return true;
        refusedKey = hostKey;
        return false;
      },
    });
  });
}

/** Tries what there is, in order, and notes what the server would accept. */
function authenticate(
  username: string,
  key: ParsedKey | null,
  proof: Proof,
  note: (left: readonly AuthenticationType[]) => void,
): AuthHandlerMiddleware {
  const tries: Parameters<Parameters<AuthHandlerMiddleware>[2]>[0][] =
    'password' in proof
      ? [
          { type: 'password', username, password: proof.password },
          {
            type: 'keyboard-interactive',
            username,
            prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => proof.password)),
          },
        ]
      : key
        ? [{ type: 'publickey', username, key }]
        : [];
  tries.unshift({ type: 'none', username });
  return (left, _partial, next) => {
    if (left) note(left);
    next(tries.shift() ?? (false as never)); // the manual's word for giving up; the types lack it
  };
}

function parseKey({ privateKey, passphrase }: Credential): ParsedKey {
  const parsed = ssh2.utils.parseKey(privateKey, passphrase ?? undefined);
  const [key] = Array.isArray(parsed) ? parsed : [parsed];
  if (key && !(key instanceof Error) && key.isPrivateKey()) return key;
  const message = key instanceof Error ? key.message : 'it is not a private key';
  if (/passphrase|decrypt|integrity|bad.?key|encrypted/i.test(message)) {
    throw new KnownError('BAD_INPUT', 'The passphrase does not open the private key; type it again.');
  }
  throw new KnownError('BAD_INPUT', 'This is no private key that Kiln can read; paste the whole file, from its BEGIN to its END line.');
}

function linkOf(client: Client, hop: Hop, hostKey: ShownHostKey): Link {
  let reason: KnownError | null = null;
  client.on('error', (error) => {
    reason ??= unreachable(hop, error);
  });
  const gone = new Promise<KnownError>((resolve) => {
    client.once('close', () => resolve(reason ?? unreachable(hop, new Error('the connection was closed'))));
  });
  return {
    hostKey,
    gone,
    close: () => client.end(),
    exec: (line) =>
      asked(hop, (resolve, reject) => {
        client.exec(line, (error, channel) => {
          if (!error) return resolve(commandOf(channel));
          reject(/open failure/i.test(error.message) ? new Refused(error.message) : (reason ?? unreachable(hop, error)));
        });
      }),
    tunnel: (to) =>
      asked(to, (resolve, reject) => {
        const late = setTimeout(() => reject(unreachable(to, new Error(`${hop.host} does not reach it within 20 s`))), GREETING);
        client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, stream) => {
          clearTimeout(late);
          if (error) reject(unreachable(to, new Error(`${hop.host} cannot reach it (${error.message})`)));
          else resolve(stream);
        });
      }),
  };
}

/** What ssh2 throws at once, because the connection is gone, is the trouble of a host like any other. */
function asked<T>(hop: Hop, ask: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    try {
      ask(resolve, reject);
    } catch (error) {
      reject(unreachable(hop, error instanceof Error ? error : new Error(String(error))));
    }
  });
}

/** Takes hold of all streams at once: a short command may be over before anybody reads. */
function commandOf(channel: ClientChannel): RemoteCommand {
  const stdout = channel.pipe(new PassThrough());
  const stderr = channel.stderr.pipe(new PassThrough());
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    let result: { code: number | null; signal: string | null } = { code: null, signal: null };
    channel.once('exit', (code: number | null, signal?: string) => {
      result = { code, signal: signal ?? null };
    });
    channel.once('close', () => resolve(result));
  });
  channel.on('error', () => undefined); // `close` follows, and tells
  return {
    stdin: channel,
    stdout,
    stderr,
    ended,
    kill() {
      sendKill(channel);
      channel.destroy();
      // Nobody reads on, and the channel is closed only when it was read.
      for (const stream of [channel, channel.stderr]) stream.unpipe().resume();
      for (const stream of [stdout, stderr]) stream.end();
    },
  };
}

/** ssh2's own `signal` says nothing once standard input has ended; the protocol knows no such rule (RFC 4254, 6.9). */
function sendKill(channel: ClientChannel): void {
  const { outgoing, _client } = channel as unknown as SshChannel; // what ssh2 1.17 keeps there; pinned, and a test would notice
  if (outgoing.state === 'open' || outgoing.state === 'eof') _client._protocol.signal(outgoing.id, 'KILL');
}

interface SshChannel {
  readonly outgoing: { readonly id: number; readonly state: string };
  readonly _client: { readonly _protocol: { signal(channel: number, name: string): void } };
}

function describeHostKey({ host, port }: Hop, raw: Buffer): ShownHostKey {
  const type = raw.subarray(4, 4 + raw.readUInt32BE(0)).toString('latin1');
  return { address: `${host}:${port}`, type, fingerprint: fingerprintOf(raw), key: raw.toString('base64') };
}

function fingerprintOf(raw: Buffer): string {
  return `SHA256:${createHash('sha256').update(raw).digest('base64').replace(/=+$/, '')}`;
}

function keyChanged(hop: Hop, pinned: HostKey, shown: HostKey): KnownError {
  const message =
    `${hop.host}:${hop.port} shows another host key (${shown.fingerprint}) than the one that was pinned (${pinned.fingerprint}). ` +
    'Ask its administrator whether the key was changed; if so, accept the new key on the platform’s page or with `kiln platform repin`.';
  return new KnownError('HOST_KEY_CHANGED', message, { retryable: true });
}

/** A fresh ed25519 key pair; `comment` stands at the end of the public line. */
export function createKey(comment: string): {
  readonly credential: Credential;
  readonly publicKey: string;
  /** As OpenSSH shows it. */
  readonly fingerprint: string;
} {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    // One in 256, whose public half begins with a zero, comes out broken: https://github.com/mscdex/ssh2/issues/1513
    if ([pair.private, pair.public].some((key) => ssh2.utils.parseKey(key) instanceof Error)) continue;
    const raw = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64');
    return { credential: { privateKey: pair.private, passphrase: null }, publicKey: pair.public, fingerprint: fingerprintOf(raw) };
  }
}

/** The line for `authorized_keys` that lets this key in. @throws KnownError BAD_INPUT */
export function publicKeyOf(credential: Credential, comment: string): string {
  const key = parseKey(credential);
  return `${key.type} ${key.getPublicSSH().toString('base64')} ${comment}`;
}
