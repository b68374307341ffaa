import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackBackup } from './archive-reader.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { MANIFEST, type Manifest } from './manifest.ts';
import { restoreHome } from './restore-home.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kiln-archive-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('an archive', () => {
  const manifest: Manifest = {
    format: 1,
    kiln: '9.9.9',
    madeAt: '2025-06-01T00:00:00.000Z',
    installation: null,
    postgres: '9',
    results: false,
  };
  const never = new AbortController().signal;

  async function written(fill: (archive: ArchiveWriter) => Promise<void>, says: unknown = manifest): Promise<string> {
    const file = join(folder, `${randomUUID()}.tar.gz`);
    await ArchiveWriter.write(file, never, async (writer) => {
      await writer.content(MANIFEST, Buffer.from(JSON.stringify(says)));
      await fill(writer);
    });
    return file;
  }

  it('of another PostgreSQL, or of a form of tomorrow, is refused before it is unpacked', async () => {
    const home = join(folder, 'other');
    await expect(restoreHome(await written(async () => undefined), home, never)).rejects.toThrow(/PostgreSQL 9.*Kiln 9\.9\.9/);
    await expect(restoreHome(await written(async () => undefined, { format: 2 }), home, never)).rejects.toThrow('form');
    expect(await readdir(folder)).not.toContain('other');
  });

  it('holds files, their modes, long names, empty files, links and directories as they were', async () => {
    const source = join(folder, 'source.sh');
    await writeFile(source, '#!/bin/sh\n', { mode: 0o755 });
    const long = `payloads/${'long/'.repeat(50)}name`;
    const file = await written(async (writer) => {
      await writer.directory('payloads/empty', 0o750);
      expect(await writer.copy('payloads/main.sh', source)).toBe(true);
      expect(await writer.copy('payloads/gone', join(folder, 'gone'))).toBe(false);
      await writer.content(long, Buffer.alloc(0));
      await writer.link('payloads/link', 'main.sh');
    });
    const target = join(folder, 'unpacked');
    expect(await unpackBackup(file, target, never, async () => undefined)).toEqual(manifest);
    expect((await stat(join(target, 'payloads/main.sh'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(target, 'payloads/empty'))).mode & 0o777).toBe(0o750);
    expect(await readFile(join(target, 'payloads/link'), 'utf8')).toBe('#!/bin/sh\n');
    expect((await stat(join(target, long))).size).toBe(0);
    expect(await readdir(join(target, 'payloads'))).not.toContain('gone');
  });

  it.each(['../outside', '/outside', 'payloads/../../outside'])('with the name %s is refused', async (name) => {
    const file = await written((writer) => writer.content(name, Buffer.from('x')));
    await expect(unpackBackup(file, join(folder, 'inside'), never, async () => undefined)).rejects.toThrow('outside');
  });

  it('that cannot be written ends with the reason, and leaves nothing', async () => {
    const endless = ArchiveWriter.write('/dev/shm/none/x.tar.gz', never, (writer) => writer.content('x', Buffer.alloc(1_000_000)));
    await expect(endless).rejects.toThrow('There is no directory /dev/shm/none');
  });
});
