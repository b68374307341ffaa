import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJob } from '@kiln/db/jobs';
import { tryPlatform } from '@kiln/db/platform-jobs';
import type { PlatformRow } from '@kiln/db/platforms';
import { insertBranch } from '@kiln/db/steer-job';
import { requestRetry } from '@kiln/db/submit';
import type { Storage } from '@kiln/domain';
import { localStorage } from '@kiln/platforms/files/local';
import { clientOf } from '@kiln/platforms/files/s3/client';
import { s3Storage } from '@kiln/platforms/files/s3/s3';
import { localShell } from '@kiln/platforms/shells/local';
import { bed, bedsMissing } from '@kiln/testing/bed';
import { S3_BUCKET, S3_KEY, s3Server } from '@kiln/testing/s3-server';
import { sshServer } from '@kiln/testing/ssh-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';
import { superviseWorker } from './testing/supervised-worker.ts';

const GATED = {
  'connector.yaml': 'description: Waits.\nrunsOn: unix\nparameters: { gate: { default: "" } }\nsweep: { n: [1, 2, 3] }\n',
  // The number of its inode shows whether a file was moved or copied.
  'process_payload/main.sh': '#!/bin/sh\nwhile [ ! -e "$gate" ]; do sleep 0.05; done\necho "$n" >"$2/n"\nstat -c %i "$2/n" >>"$2/n"\n',
};

let kiln: Awaited<ReturnType<typeof installation>>;
let root: string;
let gate: string;
beforeEach(async () => {
  [kiln, root] = await Promise.all([installation(), mkdtemp(join(tmpdir(), 'kiln-storages-'))]);
  await chmod(root, 0o777);
  gate = join(kiln.home, 'gate');
  await kiln.connector('gated', GATED);
});
afterEach(async () => {
  await kiln.close();
  await rm(root, { recursive: true });
});

const numbers = async (directory: string) =>
  Promise.all((await readdir(directory)).sort().map(async (task) => (await readFile(join(directory, task, 'n'), 'utf8')).split('\n')[0]));

describe.skipIf(bedsMissing)('results on OpenSSH', () => {
  async function register(name: string): Promise<void> {
    const env = await bed('sshd');
    const connection = { host: env['SSH_HOST'] ?? '', port: Number(env['SSH_PORT']), user: env['SSH_USER'] ?? '', jumps: [] };
    const enrolment = { kind: 'password', password: env['SSH_PASSWORD'] ?? '' } as const;
    const platform = await registered(kiln.db, kiln.user.id, { name, kind: 'unix', connection, enrolment, settings: { root } });
    expect(platform.state).toBe('ready');
  }

  test('of a job on this machine are whole, though its worker is killed in every stage that writes there', async () => {
    const worker = await kiln.worker();
    await register('box');
    await worker.close();
    const stages = ['configure', 'wait', 'destroy'];
    await kiln.connector('fragile', {
      'connector.ts': `import { existsSync, writeFileSync } from 'node:fs';
        import { defineConnector } from '@kiln/domain';
        const dying = (stage) => ({
          process: async (state, _world, base) => {
            const result = await base();
            if (stage === 'wait' && state.counts.uncollected === 0) return result;
            const mark = state.job.parameters.marks + '/' + stage;
            if (existsSync(mark)) return result;
            writeFileSync(mark, '');
            process.kill(process.pid, 'SIGKILL');
          },
        });
        export default defineConnector({
          description: 'Kills its worker.',
          runsOn: 'unix',
          parameters: { marks: { default: '' } },
          sweep: { n: [1, 2, 3] },
          stages: { ${stages.map((stage) => `${stage}: dying('${stage}')`).join(', ')} },
        });`,
      'process_payload/main.sh': '#!/bin/sh\necho "$n" >"$2/n"\necho "said $n"\n',
    });
    const marks = join(kiln.home, 'marks');
    await mkdir(marks);
    const supervised = superviseWorker(kiln.db.url, kiln.home);
    try {
      const id = await kiln.submit('fragile', 'local', { marks }, 'some where', 'box');
      expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
      expect(supervised.deaths()).toBe(stages.length);
      const there = join(root, 'some where', `fragile${id}`);
      expect((await readdir(there)).sort()).toEqual(['.kiln-installation', 'logs', 'output', 'output_0']);
      expect(await numbers(join(there, 'output'))).toEqual(['1', '2', '3']);
      expect(await readFile(join(there, 'logs/2.out'), 'utf8')).toBe('said 2\n');
    } finally {
      await supervised.stop();
    }
  });

  test('of a job on the same login never leave the machine', async () => {
    await kiln.worker();
    await register('one');
    await register('other');
    await writeFile(gate, '');
    const id = await kiln.submit('gated', 'one', { gate: '/' }, '', 'other');
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    for (const task of ['1', '2', '3']) {
      const file = join(root, `gated${id}/output/${task}/n`);
      const { ino } = await stat(file);
      expect(await readFile(file, 'utf8')).toBe(`${task}\n${ino}\n`);
    }
  });
});

/** A place for results that can be away for a while, as it is registered and as somebody else sees it. */
interface Place {
  register(at: typeof kiln): Promise<PlatformRow>;
  readonly seen: Storage;
  away(): Promise<void>;
  back(): Promise<void>;
  readonly trouble: { readonly code: string; readonly message: unknown };
  close(): Promise<void>;
}

const signal = new AbortController().signal;

async function server(): Promise<Place> {
  const ssh = await sshServer({ directory: root, password: 'secret' });
  const connection = { host: '127.0.0.1', port: ssh.port, user: 'ann', jumps: [] };
  return {
    register: ({ db, user }) =>
      registered(db, user.id, { name: 'there', kind: 'unix', connection, enrolment: { kind: 'password', password: 'secret' } }),
    seen: localStorage(root, localShell(process.env)),
    async away() {
      ssh.lockOut(true);
      ssh.drop();
    },
    back: async () => ssh.lockOut(false),
    trouble: { code: 'LOGIN_REFUSED', message: expect.stringContaining('Could not log in as ann') },
    close: () => ssh.close(),
  };
}

async function bucket(): Promise<Place> {
  const s3 = await s3Server();
  const given = { endpoint: s3.endpoint, region: '', name: S3_BUCKET, prefix: 'our results', pathStyle: true };
  const client = await clientOf(given, S3_KEY);
  return {
    register: ({ db, user }) =>
      registered(db, user.id, { name: 'there', kind: 's3', bucket: given, enrolment: { kind: 'access-key', ...S3_KEY } }),
    seen: s3Storage(async () => client, given, '', signal),
    away: s3.kill,
    back: s3.restart,
    trouble: { code: 'STORAGE_UNWRITABLE', message: expect.stringContaining('ECONN') },
    async close() {
      client.destroy();
      await s3.close();
    },
  };
}

describe.each([
  { what: 'a server', open: server },
  { what: 'a bucket', open: bucket },
])('results on $what', ({ open }) => {
  let place: Place;
  beforeEach(async () => {
    place = await open();
    await kiln.worker();
    expect(await place.register(kiln)).toMatchObject({ state: 'ready' });
  });
  afterEach(() => place.close());

  const names = async (path: string) => (await place.seen.list(path)).map(({ name }) => name);
  const text = async (path: string) => new TextDecoder().decode(await place.seen.read(path, 0, 1000));
  const each = async (directory: string, file: string) =>
    Promise.all((await names(directory)).map(async (task) => (await text(`${directory}/${task}/${file}`)).split('\n')[0]));

  test('that is away for a while are late and not lost', async () => {
    const id = await kiln.submit('gated', 'local', { gate }, '', 'there');
    await kiln.until(id, ({ counts }) => counts.running > 0);
    await place.away();
    await writeFile(gate, '');
    const { job } = await kiln.until(id, (state) => state.job.status === 'blocked');
    expect(job.blocked).toMatchObject(place.trouble);
    await place.back();
    expect(await tryPlatform(kiln.db, 'there')).toBe(1);
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(await each(`gated${id}/output`, 'n')).toEqual(['1', '2', '3']);
  });

  test('are what a retry goes on from, and nothing of an earlier attempt is among them', async () => {
    await kiln.connector('mends', {
      'connector.yaml': 'description: Fails at first.\nrunsOn: unix\nparameters: { gate: { default: "" } }\nsweep: { n: [1, 2, 3] }\n',
      'process_payload/main.sh': '#!/bin/sh\necho "$n" >"$2/n"\n[ "$n" != 2 ] || [ -e "$gate" ] || { echo >"$2/old"; exit 1; }\n',
    });
    const id = await kiln.submit('mends', 'local', { gate }, '', 'there');
    expect((await kiln.ended(id)).job.ending).toMatchObject({ code: 'TASKS_FAILED' });
    expect(await names(`mends${id}/output_0/2`)).toEqual(['n', 'old']);
    await writeFile(gate, '');
    await requestRetry(kiln.db, id);
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded' });
    expect(await names(`mends${id}/output/2`)).toEqual(['n']);
    expect(await each(`mends${id}/output`, 'n')).toEqual(['1', '2', '3']);
  });

  test('hold what the iterations of a job and of its branch hand on', async () => {
    await kiln.connector('counts', {
      'connector.ts': `import { defineConnector } from '@kiln/domain';
        export default defineConnector({
          description: 'Counts on.',
          runsOn: 'unix',
          sweep: { n: [1, 2] },
          async transform({ tasks }) {
            const files = (task) => ({ sum: { task, path: 'sum' }, note: 'of ' + task });
            return { inputs: tasks.slice(0, 1).map(({ number }) => ({ from: number, files: files(number) })) };
          },
          converged: ({ iterations }) => ({ done: false, criterion: iterations.length }),
        });`,
      'process_payload/main.sh': '#!/bin/sh\necho $(($(cat "$1/sum" 2>/dev/null || echo 0) + n)) >"$2/sum"\n',
    });
    const id = await kiln.submit('counts', 'local', { maximum_iterations: 3 }, 'deep', 'there');
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(await each(`deep/counts${id}/output`, 'sum')).toEqual(['3', '4']);
    expect(await text(`deep/counts${id}/input_1/1/note`)).toBe('of 1');

    const origin = await findJob(kiln.db, kiln.user.id, id);
    if (!origin) throw new Error('The job is not found.');
    const branch = await insertBranch(kiln.db, origin, 0, { ...origin.parameters, maximum_iterations: 2 });
    expect((await kiln.ended(branch)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(await each(`deep/counts${branch}/output`, 'sum')).toEqual(['2', '3']);
  });

  test('of two installations are never mixed', async () => {
    await writeFile(gate, '');
    const id = await kiln.submit('gated', 'local', { gate }, '', 'there');
    expect((await kiln.ended(id)).job.status).toBe('succeeded');
    const other = await installation();
    await other.connector('gated', GATED);
    await other.worker();
    await place.register(other);
    const same = await other.submit('gated', 'local', { gate }, '', 'there');
    expect(same).toBe(id);
    const message = `there:gated${id} holds results of another installation of Kiln; submit the job with another output path.`;
    expect((await other.ended(same)).job.ending).toMatchObject({ code: 'STORAGE_UNWRITABLE', message });
    const elsewhere = await other.submit('gated', 'local', { gate }, 'other', 'there');
    expect((await other.ended(elsewhere)).job.status).toBe('succeeded');
    await other.close();
  });
});
