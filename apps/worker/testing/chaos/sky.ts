import { setTimeout as sleep } from 'node:timers/promises';
import { KnownError } from '@kiln/domain';
import type { Answer, Asking } from '@kiln/platforms/clouds/openstack/http';
import { OpenStackDouble } from '@kiln/platforms/testing/open-stack';
import { serveOpenStack } from '@kiln/platforms/testing/open-stack-server';
import type { Random } from '@kiln/testing/random';
import { type Call, callOf } from './sky-calls.ts';
import type { SkyMachines } from './sky-machines.ts';

/** An OpenStack whose answers are those of the double and whose servers are machines of the test bed. */
export interface Sky {
  readonly url: string;
  readonly double: OpenStackDouble;
  /** From now on calls come to trouble now and then, and somebody is killed at them if `strike` says so. */
  disturb(strike: Strike | null): void;
  /** Resolves when nothing that was asked for is still to happen and machines of servers that are gone are given back. @throws whatever failed here */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Told of each call when it comes in; null if nobody is to be killed there. */
export type Strike = (call: Call) => Blow | null;

export interface Blow {
  /** Before the call has its effect, and then it has none, or has it late; once it has, before the answer; or a moment after the answer. */
  readonly when: 'before' | 'late' | 'amid' | 'after';
  /** Resolves when what is late happens: whoever asked is long gone. */
  readonly late: () => Promise<unknown>;
  /** Kills. True if that was who asked. */
  readonly fall: () => Promise<boolean>;
}

type Server = OpenStackDouble['servers'][number];

/** Of each answer, in milliseconds; of the start and the end of a server, from an answer to the kill after it. */
const LATENCY = 30;
const BOOT = 1000;
const END = 1200;
const SOON = 400;
const TURN = 50;
/** Of each call, while there is trouble. */
const LOST = 0.04;
const BUSY = 0.04;
const ROOM = 1000;

export async function openSky(machines: SkyMachines, random: Random): Promise<Sky> {
  const double = new OpenStackDouble();
  double.quota = ROOM;
  double.page = 10;
  let strike: Strike | null = null;
  let closed = false;
  /** What is still to happen, and the servers that live. */
  const [coming, living] = [new Background(), new Background()];
  const isThere = (server: Server) => double.servers.includes(server) && !closed;

  /** From the start to the end of a server. Machines are as many as there are; whoever comes late waits for one. */
  async function live(server: Server): Promise<void> {
    await sleep(random.between(0, BOOT));
    let taken = machines.take();
    for (; !taken && isThere(server); taken = machines.take()) await sleep(TURN);
    if (!taken) return;
    await machines.start(taken, [...double.keyPairs.values()]);
    server.addresses = { private: [{ version: 4, addr: taken.env['SSH_HOST'] }] };
    server.status = 'ACTIVE';
    while (isThere(server)) await sleep(TURN);
    await machines.giveBack(taken);
  }

  async function effect(asking: Asking, { name }: Call): Promise<Answer> {
    // Logins of several processes count beside each other in a real one.
    const headers = { ...asking.headers, ...(asking.headers?.['x-auth-token'] && { 'x-auth-token': `token-${double.token}` }) };
    const carryOut = () => double.ask({ ...asking, headers }, new AbortController().signal);
    const server = name === 'destroy' ? double.servers.find(({ id }) => asking.url.endsWith(`/${id}`)) : undefined;
    if (server) {
      coming.add(sleep(random.between(0, END)).then(carryOut));
      return told(204);
    }
    const answer = await carryOut();
    const made = name === 'create' ? double.servers.find(({ id }) => id === Object(answer.body).server?.id) : undefined;
    if (made) living.add(live(made));
    return answer;
  }

  /** With whatever trouble chance wants. */
  async function troubled(asking: Asking, call: Call): Promise<Answer> {
    if (strike && random.chance(BUSY)) return told(call.name === 'destroy' ? 409 : 503);
    const answer = await effect(asking, call);
    if (strike && random.chance(LOST)) throw gone();
    return answer;
  }

  async function answer(asking: Asking, port: number): Promise<Answer> {
    await sleep(random.between(0, LATENCY));
    const call = callOf(asking, double, port);
    const blow = strike?.(call);
    if (!blow) return troubled(asking, call);
    const { when, late, fall } = blow;
    if (when === 'after') {
      const answered = await troubled(asking, call);
      coming.add(sleep(random.between(0, SOON)).then(fall));
      return answered;
    }
    if (when === 'amid') {
      const answered = await effect(asking, call);
      await fall();
      return answered;
    }
    if (!(await fall())) return troubled(asking, call);
    if (when === 'late') coming.add(late().then(() => effect(asking, call)));
    throw gone();
  }

  const server = await serveOpenStack(double, (asking, _signal, port) => answer(asking, port));
  return {
    url: server.url,
    double,
    disturb: (next) => {
      strike = next;
    },
    async settled() {
      while (coming.size > 0 || living.size > double.servers.length) await sleep(TURN);
      for (const error of [...coming.failures, ...living.failures]) throw error;
    },
    async close() {
      closed = true;
      await server.close();
      while (coming.size + living.size > 0) await sleep(TURN);
      await machines.close();
    },
  };
}

/** What goes on while nobody waits for it. */
class Background {
  readonly failures: unknown[] = [];
  private readonly works = new Set<Promise<unknown>>();

  get size(): number {
    return this.works.size;
  }

  add(work: Promise<unknown>): void {
    this.works.add(work);
    work.catch((error: unknown) => this.failures.push(error)).finally(() => this.works.delete(work));
  }
}

function told(status: number): Answer {
  return { status, headers: new Headers({ date: new Date().toUTCString() }), body: status === 204 ? null : {} };
}

function gone(): KnownError {
  return new KnownError('PLATFORM_UNAVAILABLE', 'The connection was closed.', { retryable: true });
}
