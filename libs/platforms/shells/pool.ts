import { type Connection, type Credential, type Hop, type HostKey, KnownError, type Limits } from '@kiln/domain';
import { connectThrough } from './connect.ts';
import { Lane, type LaneState } from './lane.ts';
import { Pace, pause } from './pace.ts';
import { remoteLine } from './remote-line.ts';
import type { Shell } from './shell.ts';
import type { Link, RemoteCommand } from './ssh.ts';
import { remoteShell } from './ssh-shell.ts';
import { Tail } from './tail.ts';

/** A login that has been shown to work, and what courtesy there asks. */
export interface Target {
  /** Of the platform. */
  readonly name: string;
  readonly connection: Connection;
  /** Of a cloud: which of its machines is meant. Another one may have the address later. */
  readonly machine?: string;
  readonly limits: Limits;
  /** Asked when a connection is opened. */
  readonly access: () => Promise<Access>;
}

export interface Access {
  readonly credential: Credential;
  /** One for each hop. */
  readonly hostKeys: readonly HostKey[];
}

/** What a worker has open to one login. */
export interface LinkReport {
  /** `ann@host:22` */
  readonly address: string;
  readonly connections: number;
  readonly sessions: number;
  readonly sessionLimit: number;
  readonly state: LaneState;
  /** ISO 8601. */
  readonly since: string;
}

/** The SSH connections of a worker: one for each user, host and port, shared by all that speak to it. */
export interface Pool {
  /** An abort of `signal` ends what runs through this shell. */
  shell(target: Target, signal?: AbortSignal): Shell;
  /** The next command to this login tries to connect at once, however often it failed. */
  retry(connection: Connection): void;
  /** The machine is gone. */
  forget(target: Pick<Target, 'connection' | 'machine'>): void;
  report(): readonly LinkReport[];
  close(): void;
}

export function createPool(): Pool {
  const hosts = new Map<string, Host>();
  return {
    shell(target, signal) {
      const key = keyOf(target.connection, target.machine);
      const host = hosts.get(key) ?? new Host(target.connection);
      hosts.set(key, host);
      host.use(target);
      for (const [other, { isForgotten }] of hosts) if (isForgotten) hosts.delete(other);
      return remoteShell(host, (path, hint) => host.tail.follow(path, hint), signal);
    },
    retry: (connection) => hosts.get(keyOf(connection))?.retry(),
    forget({ connection, machine }) {
      hosts.get(keyOf(connection, machine))?.close();
      hosts.delete(keyOf(connection, machine));
    },
    report: () => [...hosts.values()].map((host) => host.report()),
    close() {
      for (const host of hosts.values()) host.close();
      hosts.clear();
    },
  };
}

export function addressOf({ user, host, port }: Hop): string {
  return `${user}@${host}:${port}`;
}

/** What `addressOf` made. */
export function hopOf(address: string): Hop {
  const [at, colon] = [address.indexOf('@'), address.lastIndexOf(':')];
  return { user: address.slice(0, at), host: address.slice(at + 1, colon), port: Number(address.slice(colon + 1)) };
}

function keyOf(connection: Connection, machine = ''): string {
  return [machine, ...[...connection.jumps, connection].map(addressOf)].join(' ');
}

/** Milliseconds to and fro; within a building it is less, and there networks are faster than gzip. */
const FAR = 10;
/** Milliseconds; later than any machine of a cloud is lost that does not answer. */
const LONG_GONE = 3_600_000;

/** One login on one machine, for all platforms that name it. */
class Host {
  private lanes: Lane[] = [];
  /** By platform: the strictest of their limits hold, and any of their keys will do. */
  private readonly targets = new Map<string, Target>();
  private pace = new Pace(1, 1);
  /** When somebody asked for it last. */
  private usedAt = 0;
  private passes = false;
  private paced = 0;
  readonly tail = new Tail(
    (argv) => this.lane().exec(remoteLine(argv)),
    () => this.lane().mayLend,
  );

  constructor(private readonly connection: Connection) {}

  use(target: Target): void {
    this.targets.set(target.name, target);
    this.passes = target.machine !== undefined;
    this.usedAt = Date.now();
    const rate = this.limit('commandsPerSecond');
    if (rate !== this.paced) this.pace = new Pace(rate, 2 * rate);
    this.paced = rate;
  }

  private limit(name: 'commandsPerSecond' | 'sessions' | 'connections'): number {
    return Math.min(...[...this.targets.values()].map(({ limits }) => limits[name]));
  }

  get address(): string {
    return addressOf(this.connection);
  }

  get machine(): string {
    return keyOf(this.connection);
  }

  /** Another worker gave the machine back, as far as one can tell here: nobody has spoken to it for long. */
  get isForgotten(): boolean {
    return this.passes && Date.now() - this.usedAt > LONG_GONE && this.lanes.every(({ state, busy }) => state === 'down' && busy === 0);
  }

  isFar(): boolean {
    return this.lanes.some(({ roundTrip }) => roundTrip !== null && roundTrip > FAR);
  }

  async exec(line: string, signal?: AbortSignal): Promise<RemoteCommand> {
    await pause(this.pace.take() ?? 0, signal);
    const command = await this.lane().exec(line, signal);
    this.tail.revive();
    return command;
  }

  /** The first connection with a free session; another one if all are full and there may be more; else the least busy. */
  private lane(): Lane {
    const free = this.lanes.find((lane) => !lane.isFull);
    if (free) return free;
    if (this.lanes.length < this.limit('connections')) {
      const lane: Lane = new Lane(
        () => this.connect(),
        () => this.limit('sessions'),
        () => this.tail.broken(),
        () => this.tail.yield(),
      );
      this.lanes.push(lane);
      return lane;
    }
    return this.lanes.reduce((least, lane) => (lane.busy < least.busy ? lane : least));
  }

  private async connect(): Promise<Link> {
    let refused: unknown;
    for (const target of [...this.targets.values()].reverse()) {
      try {
        return await connect(target);
      } catch (error) {
        refused = error;
        if (!(error instanceof KnownError && error.code === 'LOGIN_REFUSED')) throw error;
      }
    }
    throw refused;
  }

  retry(): void {
    for (const lane of this.lanes) lane.retry();
  }

  report(): LinkReport {
    const up = this.lanes.filter(({ state }) => state === 'up');
    return {
      address: this.address,
      connections: up.length,
      sessions: this.lanes.reduce((sum, { busy }) => sum + busy, 0),
      sessionLimit: this.lanes.reduce((sum, { capacity }) => sum + capacity, 0),
      state: up.length > 0 ? 'up' : (this.lanes[0]?.state ?? 'down'),
      since: this.lanes[0]?.since ?? new Date().toISOString(),
    };
  }

  close(): void {
    this.tail.close();
    for (const lane of this.lanes) lane.close();
    this.lanes = [];
  }
}

async function connect({ connection, access }: Target): Promise<Link> {
  const { credential, hostKeys } = await access();
  const unknown = [...connection.jumps, connection].find(
    ({ host, port }) => !hostKeys.some(({ address }) => address === `${host}:${port}`),
  );
  if (unknown) {
    const message = `${unknown.host}:${unknown.port} has not shown its host key yet; check the platform again.`;
    throw new KnownError('PLATFORM_UNAVAILABLE', message, { retryable: true });
  }
  try {
    return (await connectThrough(connection, credential, hostKeys)).link;
  } catch (error) {
    // A key that cannot be read opens nothing; another one may be given.
    if (error instanceof KnownError && error.code === 'BAD_INPUT')
      throw new KnownError('LOGIN_REFUSED', error.message, { retryable: true });
    throw error;
  }
}
