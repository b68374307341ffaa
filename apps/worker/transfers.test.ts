import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tryPlatform } from '@kiln/db/platform-jobs';
import { type FaultProxy, faultProxy } from '@kiln/testing/fault-proxy';
import { seeded } from '@kiln/testing/random';
import { type SshServer, sshServer } from '@kiln/testing/ssh-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';
import { superviseWorker } from './testing/supervised-worker.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
let root: string;
let ssh: SshServer;
let proxy: FaultProxy;
beforeEach(async () => {
  [kiln, root] = await Promise.all([installation(), mkdtemp(join(tmpdir(), 'kiln-transfers-'))]);
  ssh = await sshServer({ directory: root, password: 'secret' });
  proxy = await faultProxy({ host: '127.0.0.1', port: ssh.port });
  await kiln.connector('copying', COPYING);
});
afterEach(async () => {
  await kiln.close();
  await proxy.close();
  await ssh.close();
  await rm(root, { recursive: true });
});

const COPYING = {
  'connector.yaml': 'description: Copies.\nrunsOn: unix\ninput: required\n',
  'process_payload/main.sh': '#!/bin/sh\ncp -RP "$1/." "$2" && rm -f "$2/values.json" "$2/values"\n',
};

async function register(): Promise<void> {
  const connection = { host: '127.0.0.1', port: proxy.port, user: 'ann', jumps: [] };
  const enrolment = { kind: 'password', password: 'secret' } as const;
  expect(await registered(kiln.db, kiln.user.id, { name: 'far', kind: 'unix', connection, enrolment, slots: 2 })).toMatchObject({
    state: 'ready',
  });
}

/** Some megabytes in large and small files, with odd names, modes and links. */
async function makeTree(directory: string, large: number): Promise<void> {
  const files: Record<string, Uint8Array> = { big: randomBytes(large), 'deep/er/-rf': randomBytes(10), empty: new Uint8Array() };
  for (let i = 0; i < 300; i += 1) files[`small/${i} of ☃\n${i}`] = randomBytes(i * 7);
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), bytes);
  }
  await chmod(join(directory, 'deep/er/-rf'), 0o750);
  await symlink('er/-rf', join(directory, 'deep/link'));
}

/** What tells two trees apart: names, contents, where links lead. */
async function treeOf(directory: string, path = ''): Promise<string[]> {
  const entries = await readdir(join(directory, path), { withFileTypes: true });
  const lines = await Promise.all(
    entries.map(async (entry) => {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return [`${inner}/`, ...(await treeOf(directory, inner))];
      if (entry.isSymbolicLink()) return [`${inner} -> ${await readlink(join(directory, inner))}`];
      return [
        `${inner} ${createHash('sha256')
          .update(await readFile(join(directory, inner)))
          .digest('hex')}`,
      ];
    }),
  );
  return lines.flat().sort();
}

const SIZE = 2_000_000;
const CUTS = 25;

test('a connection that is cut at 50 random moments, on the way in and home, leaves both trees as they were', {
  timeout: 300_000,
}, async () => {
  const random = seeded(17);
  await kiln.worker();
  await register();
  const source = join(kiln.home, 'outputs/data');
  await makeTree(source, SIZE);
  const cut = (direction: 'to server' | 'to client') => proxy.cutAfter(random.between(SIZE / 20, SIZE), direction);
  cut('to server');
  const id = await kiln.submit('copying', 'far', { input_storage: 'local', input_path: 'data' });
  const stages: Record<string, number> = {};
  for (let revision = -1, cuts = 1; cuts <= 2 * CUTS; cuts += 1) {
    const { job } = await kiln.until(id, (state) => state.job.status !== 'active' && state.job.revision > revision);
    expect(job).toMatchObject({ status: 'blocked', blocked: { code: 'PLATFORM_UNAVAILABLE' } });
    revision = job.revision;
    stages[job.stage] = (stages[job.stage] ?? 0) + 1;
    if (cuts < 2 * CUTS) cut(cuts < CUTS ? 'to server' : 'to client');
    await tryPlatform(kiln.db, 'far');
  }
  expect(stages).toEqual({ schedule: CUTS, wait: CUTS });
  expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
  const expected = await treeOf(source);
  expect(await treeOf(join(kiln.home, `outputs/copying${id}/input_0/initial`))).toEqual(expected);
  expect(await treeOf(join(kiln.home, `outputs/copying${id}/output/1`))).toEqual(expected);
});

test('a worker that is killed while it brings the input shows none of it, and the next one brings all of it', {
  timeout: 120_000,
}, async () => {
  const first = await kiln.worker();
  await register();
  await first.close();
  const source = join(root, 'data');
  await makeTree(source, 60_000_000);
  proxy.blackhole();
  const supervised = superviseWorker(kiln.db.url, kiln.home);
  try {
    const id = await kiln.submit('copying', 'local', { input_storage: 'far', input_path: 'data' });
    await proxy.heal();
    const home = join(kiln.home, `outputs/copying${id}`);
    const names = () => readdir(home).catch(() => []);
    while (!(await names()).some((name) => name.startsWith('.kiln-unpack-'))) await new Promise((resolve) => setTimeout(resolve, 5));
    supervised.kill();
    expect(await names()).not.toContain('input_0');
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(supervised.deaths()).toBe(1);
    const expected = await treeOf(source);
    expect(await treeOf(join(home, 'input_0/initial'))).toEqual(expected);
    expect(await treeOf(join(home, 'output/1'))).toEqual(expected);
  } finally {
    await supervised.stop();
  }
});
