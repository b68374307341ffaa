import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rename, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fingerprint, readFolder } from './folder.ts';
import { loadFolder, loadUnpacked } from './load.ts';
import { MINIMAL, sample, temporary, write } from './sample-folder.ts';

const run = promisify(execFile);

async function unpack(archive: Buffer): Promise<string> {
  const directory = await temporary();
  await writeFile(join(directory, 'a.tgz'), archive);
  await mkdir(join(directory, 'out'));
  await run('tar', ['-xzpf', 'a.tgz', '-C', 'out'], { cwd: directory });
  return join(directory, 'out');
}

describe('a version of a connector', () => {
  it('has the same hash and the same archive wherever and whenever the folder was made', async () => {
    const [one, two] = [await sample(), await sample()];
    await utimes(join(two.folder, 'connector.yaml'), 1, 1);
    const [a, b] = [await loadFolder(one.folder, one.cache), await loadFolder(two.folder, two.cache)];
    expect(a.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(b.hash).toBe(a.hash);
    expect(await b.archive()).toEqual(await a.archive());
  });

  it.each<[string, (folder: string) => Promise<void>]>([
    ['the content of a file', (folder) => writeFile(join(folder, 'connector.yaml'), 'description: Another.\nrunsOn: unix\n')],
    ['the mode of a file', (folder) => chmod(join(folder, 'process_payload/main.sh'), 0o644)],
    ['the name of a file', (folder) => rename(join(folder, 'process_payload/data'), join(folder, 'process_payload/data2'))],
    ['the files in it', (folder) => writeFile(join(folder, 'bootstrap.sh'), '')],
  ])('is another when %s changes', async (_, change) => {
    const { folder, cache } = await sample({ ...MINIMAL, 'process_payload/data': 'x' });
    const before = await loadFolder(folder, cache);
    await change(folder);
    expect((await loadFolder(folder, cache)).hash).not.toBe(before.hash);
    await expect(before.archive()).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
  });

  it('is the same again when its archive is unpacked', async () => {
    const { folder, cache } = await sample({ ...MINIMAL, 'process_payload/deep/data': 'x', 'process_payload/tool': '#!/bin/sh\n' });
    await mkdir(join(folder, 'process_payload/empty'));
    const loaded = await loadFolder(folder, cache);
    const copy = await unpack(await loaded.archive());
    const again = await loadUnpacked(copy, 'sample', loaded.hash, cache);
    expect(again.connector).toEqual(loaded.connector);
    expect(await again.archive()).toEqual(await loaded.archive());
    await writeFile(join(copy, 'more'), '');
    await expect(loadUnpacked(copy, 'sample', loaded.hash, cache)).rejects.toThrow('is not the version');
  });

  it('turns a command into an executable main.sh, also when it is unpacked again', async () => {
    const { folder, cache } = await sample({ 'connector.yaml': 'description: x\nrunsOn: unix\ncommand: echo "$2"\n' });
    const loaded = await loadFolder(folder, cache);
    const copy = await unpack(await loaded.archive());
    expect(await readFile(join(copy, 'process_payload/main.sh'), 'utf8')).toBe('#!/bin/sh\necho "$2"\n');
    expect((await run(join(copy, 'process_payload/main.sh'), ['in', 'out'])).stdout).toBe('out\n');
    expect(await loadUnpacked(copy, 'sample', loaded.hash, cache)).toMatchObject({ connector: { name: 'sample' }, hash: loaded.hash });
  });

  it('holds neither times nor owners', async () => {
    const { folder, cache } = await sample();
    const tar = gunzipSync(await (await loadFolder(folder, cache)).archive());
    expect(tar.subarray(108, 124).toString()).toMatch(/^0+ \0?0+/);
    expect(tar.subarray(136, 147).toString()).toBe('00000000000');
  });
});

describe('the payload of a folder', () => {
  const NOTHING = { initial: false, placeholders: [] };

  it('may be minimal', async () => {
    const { folder, cache } = await sample();
    expect((await loadFolder(folder, cache)).connector.payload).toEqual({ ...NOTHING, bootstrap: false, schedule: false, copied: false });
  });

  it('may be full', async () => {
    const script = '#!/bin/sh\n';
    const { folder, cache } = await sample({
      ...MINIMAL,
      'bootstrap.sh': script,
      'process_payload/schedule.sh': script,
      'process_payload/program': script,
    });
    expect((await loadFolder(folder, cache)).connector.payload).toEqual({ ...NOTHING, bootstrap: true, schedule: true, copied: true });
  });
});

describe('reading a folder', () => {
  it('leaves out repositories, packages and backups of editors', async () => {
    const { folder } = await sample();
    await write(folder, { '.git/HEAD': '', 'node_modules/a/b': '', 'main.sh~': '', '.main.sh.swp': '', '#a#': '', '.#b': '', '.keep': '' });
    const paths = (await readFolder(folder)).map(({ path }) => path);
    expect(paths).toEqual(['.keep', 'connector.yaml', 'process_payload', 'process_payload/main.sh']);
  });

  it('follows links that stay inside', async () => {
    const { folder } = await sample({ ...MINIMAL, 'shared/data': 'x' });
    await symlink('../shared', join(folder, 'process_payload/shared'));
    const entry = (await readFolder(folder)).find(({ path }) => path === 'process_payload/shared/data');
    expect(entry?.content?.toString()).toBe('x');
  });

  it.each([
    ['leaves the folder', '/etc/passwd', 'is a link that leaves the folder'],
    ['leaves it by ..', '../../..', 'is a link that leaves the folder'],
    ['points to nothing', 'nothing', 'cannot be found, or is a link to nothing'],
    ['points to itself', 'link', 'is a link that leads back to itself'],
    ['points to a folder above it', '.', 'is a link to a folder that contains it'],
    ['points to what is left out', '.git', 'is a link to .git, which is left out'],
  ])('refuses a link that %s', async (_, target, message) => {
    const { folder } = await sample({ ...MINIMAL, '.git/HEAD': 'x' });
    await symlink(target, join(folder, 'link'));
    await expect(readFolder(folder)).rejects.toMatchObject({ code: 'CONNECTOR_BROKEN' });
    await expect(readFolder(folder)).rejects.toThrow(`sample: link ${message}`);
  });

  it('refuses a link to a neighbour whose name begins alike', async () => {
    const { folder } = await sample();
    await write(`${folder}-2`, { secret: 'x' });
    await symlink('../sample-2/secret', join(folder, 'link'));
    await expect(readFolder(folder)).rejects.toThrow('leaves the folder');
  });

  it('refuses what is no file, and does not wait for it', async () => {
    const { folder } = await sample();
    await run('mkfifo', [join(folder, 'pipe')]);
    await expect(readFolder(folder)).rejects.toThrow('pipe is neither a file nor a folder');
  });

  it('refuses a folder of 100 MB without reading it', async () => {
    const { folder } = await sample();
    await writeFile(join(folder, 'large'), '');
    await truncate(join(folder, 'large'), 100 * 1024 * 1024);
    await expect(readFolder(folder)).rejects.toThrow(
      'sample: its files are larger than 64 MiB together; larger data belongs in an input location.',
    );
  });

  it('sees by the fingerprint that something changed', async () => {
    const { folder } = await sample();
    const before = await fingerprint(folder);
    expect(await fingerprint(folder)).toBe(before);
    await chmod(join(folder, 'process_payload/main.sh'), 0o600);
    expect(await fingerprint(folder)).not.toBe(before);
  });
});
