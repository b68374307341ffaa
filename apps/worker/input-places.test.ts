import { randomBytes } from 'node:crypto';
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
import { webServer } from '@kiln/testing/web-server';
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

test('input may be on a web server, and is the same though its connection is cut on the way', async () => {
  const large = randomBytes(3 * 1024 * 1024);
  await writeFile(join(source, 'ten/large'), large);
  await bringThere(here(root));
  const server = await webServer(root);
  try {
    await registered(kiln.db, kiln.user.id, { name: 'web', kind: 'http', url: server.url, enrolment: { kind: 'token', token: 'secret' } });
    const taken = async (validator: 'etag' | 'none') => {
      server.validator = validator;
      server.requests.length = 0;
      let cuts = 1;
      server.instead = ({ url, method }) => {
        if (cuts > 0 && method === 'GET' && url?.endsWith('/large')) server.cuts.push(1_000_000 * cuts--);
        return false;
      };
      const id = await kiln.submit('adding', 'local', { input_storage: 'web', input_path: 'some cases' });
      expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
      expect((await readFile(join(kiln.home, `outputs/adding${id}/input_0/ten/large`))).equals(large)).toBe(true);
      expect(await Promise.all([1, 2, 3, 4].map((task) => kiln.output(`adding${id}/output/${task}/sum`)))).toEqual(SUMS);
      return server.requests.filter((request) => request.startsWith('GET ') && request.includes('/large'));
    };
    expect(await taken('etag')).toEqual(['GET /some%20cases/ten/large', expect.stringMatching(/bytes=[1-9]\d*-$/)]);
    expect(await taken('none')).toEqual(['GET /some%20cases/ten/large', 'GET /some%20cases/ten/large']);
  } finally {
    await server.close();
  }
});

test('input may be one file of a web server that lists nothing; what is not there is no input', async () => {
  const server = await webServer(join(source, 'ten/deep'));
  server.index = false;
  try {
    await kiln.connector('one', {
      'connector.yaml': 'description: Takes one.\nrunsOn: unix\ninput: required\n',
      'process_payload/main.sh': '#!/bin/sh\ncat "$1/x" >"$2/x"\n',
    });
    await registered(kiln.db, kiln.user.id, { name: 'web', kind: 'http', url: server.url, enrolment: { kind: 'open' } });
    const id = await kiln.submit('one', 'local', { input_storage: 'web', input_path: 'er/x' });
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(await kiln.output(`one${id}/output/1/x`)).toBe('10');
    for (const [path, message] of Object.entries({ none: 'There is no input location web/none', er: 'has no index page' })) {
      const failing = await kiln.submit('one', 'local', { input_storage: 'web', input_path: path });
      const { ending } = (await kiln.ended(failing)).job;
      expect(ending).toMatchObject({ status: 'failed', message: expect.stringContaining(message) });
    }
  } finally {
    await server.close();
  }
});
