import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Connection, type Session } from 'ssh2';
import { keyPair } from './key-pair.ts';
import { listen } from './listen.ts';
import { Processes } from './processes.ts';

export interface SshServerOptions {
  /** Commands run here; it is the home of whoever logs in, and its `.ssh/authorized_keys` counts, too. */
  readonly directory: string;
  /** A line of `authorized_keys`. */
  readonly publicKey?: string;
  readonly password?: string;
  /** How many commands may run at once on one connection; 10 as in OpenSSH, if not given. */
  readonly maxSessions?: number;
}

/** An SSH server in this process, on 127.0.0.1. Any user name will do. Commands really run, as the user of this process. */
export interface SshServer {
  readonly port: number;
  /** Of the host key that it shows now, as OpenSSH writes it: `SHA256:…`. */
  fingerprint(): string;
  /** `connections`: all that were ever let in. `open`, `sessions`: what there is now. */
  counts(): { readonly connections: number; readonly open: number; readonly sessions: number };
  /** Shows another host key to those who connect from now on. */
  changeHostKey(): void;
  /** Lets nobody in any more, whatever they show; or lets them in again. */
  lockOut(locked: boolean): void;
  /** Resets all connections. What runs goes on, as it does when a network fails. */
  drop(): void;
  /** Ends it, all connections, and all that was started through them. */
  close(): Promise<void>;
}

export async function sshServer(options: SshServerOptions): Promise<SshServer> {
  const processes = new Processes(options.directory);
  const sockets = new Set<Socket>();
  const sessions = new Set<Session>();
  let hostKey = newHostKey();
  let locked = false;
  let connections = 0;

  const serve = (connection: Connection) => {
    connection.on('error', () => undefined); // The client goes away without a word; `close` follows.
    connection.on('authentication', (context) => {
      if (!locked && isLetIn(context, options)) context.accept();
      else context.reject(locked ? [] : ['publickey', 'password']);
    });
    connection.on('ready', () => {
      connections++;
    });
    connection.on('tcpip', (accept, reject, { destIP, destPort }) => forward(connect(destPort, destIP), accept, reject));
    const own = new Set<Session>();
    connection.on('session', (accept, reject) => {
      if (own.size >= (options.maxSessions ?? 10)) return reject();
      const session = accept();
      for (const all of [own, sessions]) all.add(session);
      const over = () => {
        for (const all of [own, sessions]) all.delete(session);
      };
      connection.setMaxListeners(0).once('close', over);
      processes.serve(session, over);
    });
  };

  const listener = await listen((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    new ssh2.Server({ hostKeys: [hostKey.privateKey] }, serve).injectSocket(socket);
  });
  const drop = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: listener.port,
    fingerprint: () => hostKey.fingerprint,
    counts: () => ({ connections, open: sockets.size, sessions: sessions.size }),
    changeHostKey: () => {
      hostKey = newHostKey();
    },
    lockOut: (now) => {
      locked = now;
    },
    drop,
    async close() {
      drop();
      await listener.close();
      await processes.end();
    },
  };
}

function newHostKey(): { readonly privateKey: string; readonly fingerprint: string } {
  const pair = keyPair();
  const digest = createHash('sha256').update(Buffer.from(pair.public.split(' ')[1] ?? '', 'base64'));
  return { privateKey: pair.private, fingerprint: `SHA256:${digest.digest('base64').replace(/=+$/, '')}` };
}

function isLetIn(context: AuthContext, { directory, publicKey = '', password }: SshServerOptions): boolean {
  if (context.method === 'password') return password !== undefined && context.password === password;
  if (context.method !== 'publickey') return false;
  const shown = context.key.data;
  for (const line of [publicKey, ...authorizedKeys(directory)]) {
    const key = ssh2.utils.parseKey(line);
    if (key instanceof Error || !key.getPublicSSH().equals(shown)) continue;
    // The first time somebody asks whether this key would do; the second time it signs.
    return !context.signature || (!!context.blob && key.verify(context.blob, context.signature, context.hashAlgo) === true);
  }
  return false;
}

function authorizedKeys(directory: string): readonly string[] {
  try {
    return readFileSync(join(directory, '.ssh/authorized_keys'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return []; // There is no such file.
  }
}

/** What a jump host does. */
function forward(to: Socket, accept: () => NodeJS.ReadWriteStream & { destroy?(): void }, reject: () => void): void {
  to.once('error', reject);
  to.once('connect', () => {
    const from = accept();
    to.off('error', reject).on('error', () => from.end());
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
    from.pipe(to).pipe(from);
  });
}
