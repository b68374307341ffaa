import { randomUUID } from 'node:crypto';
import { type DirectMachine, knownHost, loginArguments } from './machine.ts';
import { runScript } from './scripts.ts';

/** Whether one machine comes to another one's SSH server; `expires`: it knows keys that expire. */
export type Reach = { readonly reached: true; readonly expires: boolean } | { readonly reached: false; readonly why: string };

/** Milliseconds: ssh itself gives up after 20 s. */
const LIMIT = 60_000;

export async function probe(client: DirectMachine, server: DirectMachine, signal: AbortSignal): Promise<Reach> {
  const jump = server.connection.jumps[0];
  if (jump) return { reached: false, why: `${server.name} is reached through ${jump.host}` };
  const what = `${client.name} could not be asked`;
  const input = await knownHost(server);
  const answer = await runScript(client.shell(signal), 'probe', loginArguments(client, randomUUID(), server), what, {
    input,
    timeout: LIMIT,
  });
  const [, word, rest = ''] = /^(reached|failed) (.*)\n$/.exec(answer) ?? [];
  if (word !== 'reached') return { reached: false, why: `from ${client.name}: ${rest || 'its ssh did not say why'}` };
  const version = Number(/^OpenSSH_(\d+\.\d+)/.exec(rest)?.[1] ?? 0);
  // Before 7.2 there is no `restrict`, before 7.7 no `expiry-time`, and an option that is not known makes a line count for nothing.
  if (version < 7.2) return { reached: false, why: `${rest || 'the server'} on ${server.name} cannot hold a key to one command` };
  return { reached: true, expires: version >= 7.7 };
}
