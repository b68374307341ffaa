import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Storage } from '@kiln/domain';
import { localStorage } from '@kiln/platforms/files/local';
import { clientOf } from '@kiln/platforms/files/s3/client';
import { s3Storage } from '@kiln/platforms/files/s3/s3';
import { localShell } from '@kiln/platforms/shells/local';
import { bed, bedsMissing } from '@kiln/testing/bed';
import { S3_BUCKET, S3_KEY, s3Server } from '@kiln/testing/s3-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
let root: string;
let source: string;
beforeEach(async () => {
  [kiln, root, source] = await Promise.all([installation(), mkdtemp(join(tmpdir(), 'kiln-root-')), mkdtemp(join(tmpdir(), 'kiln-input-'))]);
  await chmod(root, 0o777);
  await kiln.worker();
  await kiln.connector('adding', {
    'connector.yaml': 'description: Adds.\nrunsOn: unix\ninput: required\nsweep: { n: [1, 2] }\n',
    'process_payload/main.sh': '#!/bin/sh\necho $(($(cat "$1/deep/er/x") + n)) >"$2/sum"\n',
  });
  for (const [path, text] of Object.entries({ 'ten/deep/er/x': '10', 'twenty/deep/er/x': '20' })) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), text);
  }
});
afterEach(async () => {
  await kiln.close();
  for (const directory of [root, source]) await rm(directory, { recursive: true });
});

const SUMS = ['11\n', '12\n', '21\n', '22\n'];
const here = (directory: string) => localStorage(directory, localShell(process.env));

async function bringThere(place: Storage): Promise<void> {
  await place.unpack('some cases', here(source).pack(''));
}

describe.skipIf(bedsMissing)('on OpenSSH', () => {
  test('input, nodes and results may be of one login', async () => {
    const env = await bed('sshd');
    const connection = { host: env['SSH_HOST'] ?? '', port: Number(env['SSH_PORT']), user: env['SSH_USER'] ?? '', jumps: [] };
    const enrolment = { kind: 'password', password: env['SSH_PASSWORD'] ?? '' } as const;
    await chmod(source, 0o755);
    expect(await registered(kiln.db, kiln.user.id, { name: 'box', kind: 'unix', connection, enrolment, settings: { root } })).toMatchObject(
      {
        state: 'ready',
      },
    );
    await bringThere(here(root));
    const id = await kiln.submit('adding', 'box', { input_storage: 'box', input_path: 'some cases' }, '', 'box');
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    const files = [1, 2, 3, 4].map((task) => readFile(join(root, `adding${id}/output/${task}/sum`), 'utf8'));
    expect(await Promise.all(files)).toEqual(SUMS);
    expect(await readFile(join(root, `adding${id}/input_0/twenty/deep/er/x`), 'utf8')).toBe('20');
  });
});

test('input may be in a bucket, and so may its copy among the results', async () => {
  const s3 = await s3Server();
  const bucket = { endpoint: s3.endpoint, region: '', name: S3_BUCKET, prefix: 'ours', pathStyle: true };
  const client = await clientOf(bucket, S3_KEY);
  try {
    await registered(kiln.db, kiln.user.id, { name: 'shelf', kind: 's3', bucket, enrolment: { kind: 'access-key', ...S3_KEY } });
    const seen = s3Storage(async () => client, bucket, '', new AbortController().signal);
    await bringThere(seen);
    const id = await kiln.submit('adding', 'local', { input_storage: 'shelf', input_path: 'some cases' }, 'results', 'shelf');
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    const text = async (path: string) => new TextDecoder().decode(await seen.read(`results/adding${id}/${path}`, 0, 100));
    expect(await Promise.all([1, 2, 3, 4].map((task) => text(`output/${task}/sum`)))).toEqual(SUMS);
    expect(await text('input_0/ten/deep/er/x')).toBe('10');
  } finally {
    client.destroy();
    await s3.close();
  }
});
