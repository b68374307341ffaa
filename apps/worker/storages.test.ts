import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJob } from '@kiln/db/jobs';
import { tryPlatform } from '@kiln/db/platform-jobs';
import { insertBranch } from '@kiln/db/steer-job';
import { requestRetry } from '@kiln/db/submit';
import { bed, bedsMissing } from '@kiln/testing/bed';
import { type SshServer, sshServer } from '@kiln/testing/ssh-server';
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

describe('results on a server', () => {
  let server: SshServer;
  beforeEach(async () => {
    server = await sshServer({ directory: root, password: 'secret' });
    await kiln.worker();
    expect((await register(kiln)).state).toBe('ready');
  });
  afterEach(() => server.close());

  function register({ db, user }: typeof kiln) {
    const connection = { host: '127.0.0.1', port: server.port, user: 'ann', jumps: [] };
    return registered(db, user.id, { name: 'server', kind: 'unix', connection, enrolment: { kind: 'password', password: 'secret' } });
  }

  test('that refuses the key, and takes it again, are late and not lost', async () => {
    const id = await kiln.submit('gated', 'local', { gate }, '', 'server');
    await kiln.until(id, ({ counts }) => counts.running > 0);
    server.lockOut(true);
    server.drop();
    await writeFile(gate, '');
    const { job } = await kiln.until(id, (state) => state.job.status === 'blocked');
    expect(job.blocked).toMatchObject({ code: 'LOGIN_REFUSED', message: expect.stringContaining('Could not log in as ann') });
    server.lockOut(false);
    expect(await tryPlatform(kiln.db, 'server')).toBe(1);
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(await numbers(join(root, `gated${id}/output`))).toEqual(['1', '2', '3']);
  });

  test('are what a retry goes on from, and nothing of an earlier attempt is among them', async () => {
    await kiln.connector('mends', {
      'connector.yaml': 'description: Fails at first.\nrunsOn: unix\nparameters: { gate: { default: "" } }\nsweep: { n: [1, 2, 3] }\n',
      'process_payload/main.sh': '#!/bin/sh\necho "$n" >"$2/n"\n[ "$n" != 2 ] || [ -e "$gate" ] || { echo >"$2/old"; exit 1; }\n',
    });
    const id = await kiln.submit('mends', 'local', { gate }, '', 'server');
    expect((await kiln.ended(id)).job.ending).toMatchObject({ code: 'TASKS_FAILED' });
    expect(await readdir(join(root, `mends${id}/output_0/2`))).toEqual(['n', 'old']);
    await writeFile(gate, '');
    await requestRetry(kiln.db, id);
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded' });
    expect(await readdir(join(root, `mends${id}/output/2`))).toEqual(['n']);
    expect(await numbers(join(root, `mends${id}/output`))).toEqual(['1', '2', '3']);
  });

  test('hold what the iterations of a job and of its branch hand on', async () => {
    await kiln.connector('counts', {
      'connector.ts': `import { defineConnector } from '@kiln/domain';
        export default defineConnector({
          description: 'Counts on.',
          runsOn: 'unix',
          sweep: { n: [1, 2] },
          async transform({ tasks }) {
            return { inputs: tasks.slice(0, 1).map(({ number }) => ({ from: number, files: { sum: { task: number, path: 'sum' }, note: 'of ' + number } })) };
          },
          converged: ({ iterations }) => ({ done: false, criterion: iterations.length }),
        });`,
      'process_payload/main.sh': '#!/bin/sh\necho $(($(cat "$1/sum" 2>/dev/null || echo 0) + n)) >"$2/sum"\n',
    });
    const id = await kiln.submit('counts', 'local', { maximum_iterations: 3 }, 'deep', 'server');
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    const there = join(root, `deep/counts${id}`);
    const sums = async (directory: string) =>
      Promise.all(
        (await readdir(directory))
          .map(Number)
          .sort((a, b) => a - b)
          .map((task) => readFile(join(directory, String(task), 'sum'), 'utf8')),
      );
    expect(await sums(join(there, 'output'))).toEqual(['3\n', '4\n']);
    expect(await readFile(join(there, 'input_1/1/note'), 'utf8')).toBe('of 1');

    const origin = await findJob(kiln.db, kiln.user.id, id);
    if (!origin) throw new Error('The job is not found.');
    const branch = await insertBranch(kiln.db, origin, 0, { ...origin.parameters, maximum_iterations: 2 });
    expect((await kiln.ended(branch)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(await sums(join(root, `deep/counts${branch}/output`))).toEqual(['2\n', '3\n']);
  });

  test('of two installations are never mixed', async () => {
    await writeFile(gate, '');
    const id = await kiln.submit('gated', 'local', { gate }, '', 'server');
    expect((await kiln.ended(id)).job.status).toBe('succeeded');
    const other = await installation();
    await other.connector('gated', GATED);
    await other.worker();
    await register(other);
    const same = await other.submit('gated', 'local', { gate }, '', 'server');
    expect(same).toBe(id);
    const message = `server:gated${id} holds results of another installation of Kiln; submit the job with another output path.`;
    expect((await other.ended(same)).job.ending).toMatchObject({ code: 'STORAGE_UNWRITABLE', message });
    const elsewhere = await other.submit('gated', 'local', { gate }, 'other', 'server');
    expect((await other.ended(elsewhere)).job.status).toBe('succeeded');
    await other.close();
  });
});
