import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Asking } from '@kiln/platforms/clouds/openstack/http';
import type { OpenStackDouble } from '@kiln/platforms/testing/open-stack';
import { numberOf } from './processes.ts';

/** What a cloud is asked for, as far as a kill there has something of its own to say. */
export type CallName = 'create' | 'note' | 'destroy' | 'look' | 'list' | 'other';

export interface Call {
  readonly name: CallName;
  /** For which that is; null if nobody can say. */
  readonly job: number | null;
  /** Of the process that asks, on loopback. */
  readonly port: number;
}

interface Marked {
  readonly metadata: Readonly<Record<string, string>>;
}

export function callOf({ method, url, body }: Asking, { servers }: OpenStackDouble, port: number): Call {
  const [, id, part] = /\/compute\/v2\.1\/servers(?:\/([^/?]+))?(\/metadata)?/.exec(url) ?? [null, null];
  if (id === null) return { name: 'other', job: null, port };
  if (id === 'detail') return { name: 'list', job: null, port };
  const server: Marked | undefined = id ? servers.find((one) => one.id === id) : (body as { server: Marked }).server; // what Kiln sends
  const job = server ? numberOf(server.metadata['kiln-job'] ?? '') : null;
  if (!id) return { name: 'create', job, port };
  if (part) return { name: 'note', job, port };
  return { name: method === 'DELETE' ? 'destroy' : 'look', job, port };
}

/** Which of these processes has this port of a loopback connection; null if none has. */
export async function processAt(port: number, pids: readonly number[]): Promise<number | null> {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  const inode = lines.find(([, at]) => at === local)?.[9];
  for (const pid of pids) {
    const names = await readdir(`/proc/${pid}/fd`).catch(() => []); // it has just ended
    const files = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
    if (files.includes(`socket:[${inode}]`)) return pid;
  }
  return null;
}
