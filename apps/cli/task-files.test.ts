import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAddress } from '@kiln/client/address';
import { Kiln } from '@kiln/client/kiln';
import { bed, bedsMissing } from '@kiln/testing/bed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KilnProcess } from './testing/kiln-process.ts';

/** The first of two tasks writes, and waits until it may write on. */
const CONNECTOR = `description: Writes.
runsOn: unix
parameters: { gate: { default: "" } }
sweep: { n: [1, 2] }
command: |
  mkdir "$2/deep"
  printf 'begun and ' >"$2/deep/note"
  printf odd >"$2/deep/-rf
  x"
  mkfifo "$2/deep/pipe"
  ln -s /etc "$2/out"
  ln -s ../../.kiln "$2/up"
  : >"$2/ready"
  [ "$n" = 2 ] || while [ ! -e "$gate" ]; do sleep 0.1; done
  printf done >>"$2/deep/note"
`;

let kiln: KilnProcess;
let gates: string;
beforeAll(async () => {
  kiln = await KilnProcess.create();
  gates = await mkdtemp(join(tmpdir(), 'kiln-gates-'));
  await chmod(gates, 0o755); // other users' tasks look there, too
  await kiln.addConnector('writer', CONNECTOR);
  await kiln.start(['up', '--port', '0']).says(/Ctrl-C/);
});
afterAll(async () => {
  await kiln?.dispose();
  await rm(gates, { recursive: true, force: true });
});

async function addServer(): Promise<void> {
  const ssh = await bed('sshd');
  const host = ['--host', ssh['SSH_HOST'] ?? '', '--port', ssh['SSH_PORT'] ?? '', '--user', ssh['SSH_USER'] ?? ''];
  const added = await kiln.runWith(ssh['SSH_PASSWORD'] ?? '', ['platform', 'add', 'server', ...host, '--password-stdin']);
  if (added.code !== 0) throw new Error(added.out + added.err);
}

const run = async (...args: string[]) => {
  const { code, out, err } = await kiln.run(args);
  return { code, said: code === 0 ? out : err };
};

describe.each(bedsMissing ? ['local'] : ['local', 'server'])('a task that is at work on %s', (platform) => {
  it('shows its files on its node, to the command line and to the API, and at home when it has ended', { timeout: 240_000 }, async () => {
    if (platform === 'server') await addServer();
    const gate = join(gates, platform);
    const address = readAddress(kiln.home);
    if (!address) throw new Error('Kiln is not running.');
    const api = new Kiln(address);
    const { id } = await api.submit('writer', { platform, gate });
    for await (const { events } of api.watch(id)) if (events.some(({ kind, to }) => kind === 'task' && to === 'succeeded')) break;
    const inTime = { timeout: 120_000, interval: 100 }; // no event tells of files on nodes, nor of those that have come home
    await expect.poll(() => hasBegun(api, id), inTime).toBe(true);
    await expect.poll(() => api.outputs(id, 'output_0'), inTime).toContainEqual(expect.objectContaining({ name: '2', node: null }));

    expect(await api.outputs(id)).toContainEqual(expect.objectContaining({ name: 'output_0', kind: 'DIRECTORY' }));
    expect(await api.outputs(id, 'output_0')).toMatchObject([
      { name: '1', kind: 'DIRECTORY', node: platform },
      { name: '2', kind: 'DIRECTORY', node: null },
    ]);
    const [odd, note] = await api.outputs(id, 'output_0/1/deep');
    expect([odd, note]).toMatchObject([
      { name: '-rf\nx', size: 3, node: platform },
      { name: 'note', size: 10, node: platform },
    ]);
    expect(await text(api.read(note as NonNullable<typeof note>, 6))).toBe('and ');
    expect(await text(api.read(note as NonNullable<typeof note>, -4))).toBe('and ');

    expect((await run('ls', `${id}:output_0`)).said).toMatch(new RegExp(`NOT HOME YET\\n.* 1/ +on ${platform}\\n.* 2/ *\\n$`));
    expect(await run('cat', `${id}:output_0/1/deep/note`, `${id}:output_0/1/deep/-rf\nx`)).toEqual({ code: 0, said: 'begun and odd' });
    expect(await run('cat', '--tail', '4', `${id}:output_0/1/deep/note`)).toEqual({ code: 0, said: 'and ' });
    for (const path of ['out/passwd', 'up/job.env', '../1/deep/note', 'deep/pipe', 'deep/none'])
      expect(await run('cat', `${id}:output_0/1/${path}`)).toMatchObject({
        code: expect.not.stringMatching('0'),
        said: expect.stringMatching(/no file|`\.\.`/),
      });
    for (const path of ['out', 'up']) expect((await run('ls', `${id}:output_0/1/${path}`)).said).toMatch(/no file/);

    const folder = join(kiln.home, `folder-${platform}`);
    expect((await run('cp', '-r', `${id}:output_0/1/deep`, folder)).said).toMatch(/^2 files/);
    expect(await readFile(join(folder, 'note'), 'utf8')).toBe('begun and ');
    const home = join(kiln.home, `home-${platform}`);
    expect((await run('outputs', String(id), '--download', home)).code).toBe(0);
    expect(await readdir(join(home, 'output_0'))).toEqual(['2']); // what is half done is brought only where it is asked for

    await writeFile(gate, '');
    expect((await run('watch', String(id))).code).toBe(0);
    expect((await api.outputs(id, 'output_0')).map(({ node }) => node)).toEqual([null, null]);
    expect(await run('cat', `${id}:output_0/1/deep/note`)).toEqual({ code: 0, said: 'begun and done' });
  });
});

async function hasBegun(api: Kiln, id: string): Promise<boolean> {
  const [first] = await api.outputs(id, 'output_0').catch(() => []);
  if (first?.name !== '1' || first.node === null) return false;
  return (await api.outputs(id, 'output_0/1')).some(({ name }) => name === 'ready');
}

async function text(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let all = '';
  for await (const piece of bytes) all += decoder.decode(piece, { stream: true });
  return all;
}
