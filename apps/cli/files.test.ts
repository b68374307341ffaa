import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3_BUCKET, S3_KEY, type S3Server, s3Server } from '@kiln/testing/s3-server';
import { sshServer } from '@kiln/testing/ssh-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KilnProcess, type Started } from './testing/kiln-process.ts';

const ODD = ['-rf', 'a\nb', "it's", 'say "hi"', 'wéird ☃', '$(id)', 'x:y'];

let kiln: KilnProcess;
let remote: string;
let server: Awaited<ReturnType<typeof sshServer>>;
let bucket: S3Server;
let up: Started;

async function start(): Promise<void> {
  up = kiln.start(['up', '--port', '0']);
  await up.says(/Ctrl-C/);
}

beforeAll(async () => {
  kiln = await KilnProcess.create();
  remote = await mkdtemp(join(kiln.home, 'remote-'));
  server = await sshServer({ directory: remote, password: 'secret' });
  await kiln.addConnector('writer', 'description: Writes.\nrunsOn: unix\ncommand: mkdir $2/deep; echo hello > $2/deep/note\n');
  await start();
  const at = ['--host', '127.0.0.1', '--port', String(server.port), '--user', 'ann'];
  const added = await kiln.runWith('secret\n', ['platform', 'add', 'box', '--kind', 'unix', ...at, '--password-stdin']);
  if (added.code !== 0) throw new Error(added.out + added.err);
  bucket = await s3Server();
  const service = ['--bucket', S3_BUCKET, '--endpoint', bucket.endpoint, '--access-key', S3_KEY.accessKeyId, '--secret-stdin'];
  const shelf = await kiln.runWith(`${S3_KEY.secretAccessKey}\n`, ['platform', 'add', 'shelf', '--kind', 's3', ...service]);
  if (shelf.code !== 0) throw new Error(shelf.out + shelf.err);
}, 180_000); // two platforms are checked
afterAll(async () => {
  await kiln?.dispose();
  await server?.close();
  await bucket?.close();
});

const sumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const here = (path: string) => join(kiln.home, path);
const rootOf = (storage: string) => (storage === 'box' ? remote : here('outputs'));
const run = async (...args: string[]) => {
  const { code, out, err } = await kiln.run(args);
  return { code, said: code === 0 ? out : err };
};

describe.each(['local', 'box'])('the storage %s', (storage) => {
  it('takes folders with names of any kind, gives them back as they were, and copies nothing twice', async () => {
    const tree = here(`tree-${storage}`);
    await mkdir(join(tree, 'below'), { recursive: true });
    for (const name of ODD) await writeFile(join(tree, 'below', name), `this is ${name}`);
    await symlink('/etc', join(tree, 'link'));
    expect(await run('cp', tree, `${storage}:data`)).toEqual({
      code: 2,
      said: `kiln: ${tree} is a folder: copy it with \`kiln cp -r\`.\n`,
    });
    expect((await run('cp', '-r', tree, `${storage}:data`)).said).toMatch(/^7 files \(\d+ B\) are there\.\n$/);
    expect((await run('cp', '-r', tree, `${storage}:data`)).said).toMatch(/^7 files/); // into it, as it is there now
    expect((await readdir(join(rootOf(storage), 'data'))).sort()).toEqual(['below', `tree-${storage}`]);
    await rm(join(rootOf(storage), 'data', `tree-${storage}`), { recursive: true });

    const back = here(`back-${storage}`);
    expect((await run('cp', '-r', `${storage}:data`, back)).said).toMatch(/^7 files/);
    for (const name of ODD) expect(await readFile(join(back, 'below', name), 'utf8')).toBe(`this is ${name}`);
    const { code, said } = await run('ls', `${storage}:data/below`, '--json');
    expect([
      code,
      JSON.parse(said)
        .map(({ name }: { name: string }) => name)
        .sort(),
    ]).toEqual([0, [...ODD].sort()]);
    expect(await run('cat', `${storage}:data/below/-rf`, `${storage}:data/below/a\nb`)).toEqual({
      code: 0,
      said: 'this is -rfthis is a\nb',
    });
    expect((await run('cp', '-r', `${storage}:data/below`, `${back}/`)).said).toMatch(/^7 files .* 7 of them from before\.\n$/);
  });

  it('takes a large file on from where an upload was killed, and proves that it is whole', async () => {
    const bytes = randomBytes(30_000_000);
    const file = here(`large-${storage}`);
    await writeFile(file, bytes);
    const first = kiln.startOnTerminal(['cp', file, `${storage}:large.bin`]);
    await first.says(/[1-9]\d? % of 30/);
    first.child.kill('SIGKILL');
    await first.ended;
    const [part] = (await readdir(rootOf(storage))).filter((name) => name.startsWith('.kiln-upload-'));
    expect(part).toBeDefined();
    expect((await run('ls', `${storage}:`)).said).not.toMatch(/large|kiln-upload/);
    const again = await run('cp', file, `${storage}:large.bin`);
    expect(again).toEqual({ code: 0, said: '1 file (30.0 MB) is there.\n' });
    expect(sumOf(await readFile(join(rootOf(storage), 'large.bin')))).toBe(sumOf(bytes));
    expect((await readdir(rootOf(storage))).filter((name) => name.startsWith('.kiln-upload-'))).toEqual([]);
    expect((await run('cp', file, `${storage}:large.bin`)).said).toMatch(/1 of them from before/);
    expect((await run('cp', `${storage}:large.bin`, here(`copy-${storage}`))).code).toBe(0);
    expect(sumOf(await readFile(here(`copy-${storage}`)))).toBe(sumOf(bytes));
  });
});

it('a bucket takes files on from where an upload was killed, and gives them back as they were', async () => {
  const bytes = randomBytes(60_000_000);
  const file = here('to-shelf');
  await writeFile(file, bytes);
  await writeFile(here('none'), '');
  const first = kiln.startOnTerminal(['cp', file, 'shelf:deep/large.bin']);
  await first.says(/[1-9]\d? % of 60/);
  first.child.kill('SIGKILL');
  await first.ended;
  expect((await run('ls', 'shelf:')).said).not.toMatch(/large|kiln-upload/);
  expect(await run('cp', file, 'shelf:deep/large.bin')).toEqual({ code: 0, said: '1 file (60.0 MB) is there.\n' });
  expect((await run('cp', file, 'shelf:deep/large.bin')).said).toMatch(/1 of them from before/);
  expect((await run('ls', 'shelf:deep', '--json')).said).not.toMatch(/kiln-upload/);
  expect((await run('cp', 'shelf:deep/large.bin', here('from-shelf'))).code).toBe(0);
  expect(sumOf(await readFile(here('from-shelf')))).toBe(sumOf(bytes));

  await writeFile(file, 'another');
  expect((await run('cp', file, 'shelf:deep/large.bin')).said).toMatch(/^1 file \(7 B\) is there/);
  expect(await run('cat', 'shelf:deep/large.bin')).toEqual({ code: 0, said: 'another' });
  expect((await run('cp', here('none'), 'shelf:none')).code).toBe(0);
  expect(await run('cat', 'shelf:none')).toEqual({ code: 0, said: '' });
});

it('the files of a job are listed, printed and copied, and nothing is written there', async () => {
  const { out } = await kiln.run(['submit', 'writer', 'platform=local', 'output_storage=local', '--watch', '--json']);
  const { id } = JSON.parse(out);
  expect((await run('ls', `${id}:output/1/deep`)).said).toMatch(/note/);
  expect(await run('cat', `${id}:output/1/deep/note`)).toEqual({ code: 0, said: 'hello\n' });
  await mkdir(here('results'));
  expect((await run('cp', '-r', `${id}:`, here('results'))).code).toBe(0);
  expect(await readFile(here(`results/writer${id}/output/1/deep/note`), 'utf8')).toBe('hello\n');
  await writeFile(here('mine'), 'x');
  expect((await run('cp', here('mine'), `${id}:x`)).said).toMatch(/results of a job, which only Kiln writes/);
  expect((await run('cp', here('mine'), `local:writer${id}/output/`)).said).toMatch(/results of job \d+, which only Kiln writes/);
});

it('what cannot be copied is told in a sentence', async () => {
  await writeFile(here('a'), 'x');
  await utimes(here('a'), 1, 1);
  const cases: [string[], RegExp][] = [
    [['ls', 'nowhere'], /name a storage or a job before it/],
    [['ls', 'none:'], /You have no platform 'none'/],
    [['ls', 'local:none'], /There is no file “none”/],
    [['ls', 'local:../x'], /relative/],
    [['ls', '99:'], /There is no job 99/],
    [['cat', 'local:none'], /There is no file local:none/],
    [['cat', 'local:'], /is a folder/],
    [['cp', 'a', 'b'], /Both are on this machine/],
    [['cp', 'local:a', 'box:b'], /copy it here first/],
    [['cp', here('nowhere'), 'local:b'], /There is no file .*nowhere on this machine/],
    [['cp', here('a'), 'local:.kiln/b'], /keeps for itself/],
    [['cp', here('a'), 'local:../b'], /relative/],
    [['cp', 'local:none', here('b')], /There is no file local:none/],
  ];
  for (const [args, expected] of cases) {
    const { code, said } = await run(...args);
    expect([args, code]).toEqual([args, 2]);
    expect(said).toMatch(expected);
    expect(said.trim().split('\n')).toHaveLength(1);
  }
});

it('an installation that is killed while files come goes on with them when it is started again', async () => {
  const bytes = randomBytes(60_000_000);
  const file = here('long');
  await writeFile(file, bytes);
  const storages = ['local', 'box', 'shelf'];
  const copies = storages.map((storage) => kiln.startOnTerminal(['cp', file, `${storage}:killed.bin`]));
  for (const copy of copies) await copy.says(/[1-9]\d? % of 60/);
  up.child.kill('SIGKILL');
  await up.ended;
  for (const copy of copies) copy.child.kill('SIGKILL');
  for (const copy of copies) await copy.ended;
  await start();
  for (const storage of storages) {
    expect(await run('cp', file, `${storage}:killed.bin`)).toEqual({ code: 0, said: '1 file (60.0 MB) is there.\n' });
    expect((await run('cp', `${storage}:killed.bin`, here(`whole-${storage}`))).code).toBe(0);
    expect(sumOf(await readFile(here(`whole-${storage}`)))).toBe(sumOf(bytes));
  }
});
