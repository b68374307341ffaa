import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestPlatformAction } from '@kiln/db/change-platform';
import { loadTasks } from '@kiln/db/load-state';
import { tryPlatform } from '@kiln/db/platform-jobs';
import { machine, machinesMissing, type TestMachine } from '@kiln/testing/bed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { checked, registered } from './testing/registered.ts';

/** Stages that speak with the machine. */
const REMOTE = ['create', 'bootstrap', 'schedule', 'execute', 'wait', 'destroy'] as const;
/** How long the network stays away once every job is blocked; the whole measure is two minutes: `KILN_CUT_SECONDS=120`. */
const CUT_SECONDS = Number(process.env['KILN_CUT_SECONDS'] ?? 1);

/** Stops before the action of a stage, until the test lets it go on. */
function haltedIn(stage: string, directory: string): string {
  return `import { existsSync, writeFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { defineConnector } from '@kiln/domain';
    export default defineConnector({
      description: 'Stops before ${stage}.',
      runsOn: 'unix',
      sweep: { n: [1, 2, 3] },
      stages: {
        ${stage}: {
          process: async (_state, _world, base) => {
            writeFileSync('${directory}/${stage}', '');
            while (!existsSync('${directory}/go')) await sleep(50);
            return base();
          },
        },
      },
    });`;
}

describe.skipIf(machinesMissing)('a machine in the network', () => {
  let kiln: Awaited<ReturnType<typeof installation>>;
  let host: TestMachine;
  let marks: string;
  beforeAll(async () => {
    [kiln, host, marks] = await Promise.all([installation(), machine('net'), mkdtemp(join(tmpdir(), 'kiln-marks-'))]);
    await kiln.worker({ concurrency: 10 });
    const { env } = host;
    const platform = await registered(kiln.db, kiln.user.id, {
      name: 'far',
      kind: 'unix',
      connection: { host: env['SSH_HOST'] ?? '', port: 22, user: env['SSH_USER'] ?? '', jumps: [] },
      enrolment: { kind: 'password', password: env['SSH_PASSWORD'] ?? '' },
      slots: 4,
    });
    expect(platform.findings.filter(({ status }) => status === 'failed')).toEqual([]);
  });
  afterAll(async () => {
    await kiln.close();
    await host.down();
    await rm(marks, { recursive: true });
  });

  const home = '/home/kiln-test';
  const lines = async (file: string) => (await host.exec('cat', `${home}/${file}`)).trim().split('\n').sort();
  const blocked = (id: number, code: string) => kiln.until(id, ({ job }) => job.status === 'blocked' && job.blocked?.code === code);

  test('that is cut off in every stage fails no job and loses no task', { timeout: 120_000 + CUT_SECONDS * 1000 }, async () => {
    const jobs: number[] = [];
    for (const stage of REMOTE) {
      await kiln.connector(`in-${stage}`, {
        'connector.ts': haltedIn(stage, marks),
        'bootstrap.sh': 'true\n',
        'process_payload/schedule.sh': 'true\n',
        'process_payload/main.sh': `#!/bin/sh\necho "$n" >>${home}/${stage}\nsleep 2\necho "$n" >"$2/n"\n`,
      });
      jobs.push(await kiln.submit(`in-${stage}`, 'far'));
    }
    for (const stage of REMOTE)
      while (
        !(await access(join(marks, stage)).then(
          () => true,
          () => false,
        ))
      )
        await sleep(50);
    await host.partition(true);
    await writeFile(join(marks, 'go'), '');
    // `create` needs no word with a machine that is simply there: its job goes on, and is blocked in the next stage.
    for (const id of jobs) await blocked(id, 'PLATFORM_UNAVAILABLE');
    await sleep(CUT_SECONDS * 1000);
    await host.partition(false);
    expect(await tryPlatform(kiln.db, 'far')).toBe(jobs.length);
    for (const [i, id] of jobs.entries()) {
      const { job } = await kiln.ended(id);
      expect(job, REMOTE[i]).toMatchObject({ status: 'succeeded', ending: null });
      expect(await lines(REMOTE[i] ?? ''), REMOTE[i]).toEqual(['1', '2', '3']);
      expect(await kiln.output(`in-${REMOTE[i]}${id}/output/3/n`)).toBe('3\n');
    }
    expect((await host.exec('sh', '-c', `ls ${home}/.kiln/*`)).trim()).toBe('');
  });

  test('that is restarted loses the tasks that ran, and says so; what had not begun runs', { timeout: 120_000 }, async () => {
    await kiln.connector('long', {
      'connector.yaml': 'description: Waits.\nrunsOn: unix\nsweep: { n: [1, 2, 3, 4, 5] }\n',
      'process_payload/main.sh': `#!/bin/sh\necho "$n" >>${home}/long\n[ "$n" = 5 ] || sleep 600\n`,
    });
    const id = await kiln.submit('long', 'far');
    await kiln.until(id, ({ counts }) => counts.running === 4);
    await host.reboot();
    const { job } = await kiln.ended(id);
    expect(job.ending).toMatchObject({ code: 'TASKS_FAILED' });
    const tasks = await loadTasks(kiln.db, id, { iteration: 0, states: ['failed', 'succeeded'] });
    expect(tasks.map(({ number, failure }) => [number, failure?.code])).toEqual([
      ...[1, 2, 3, 4].map((number) => [number, 'REBOOTED']),
      [5, undefined],
    ]);
    expect(await lines('long')).toEqual(['1', '2', '3', '4', '5']);
  });

  test('whose host key changed, or that takes the key no more, blocks its jobs until somebody mends it', { timeout: 120_000 }, async () => {
    await kiln.connector('short', { 'connector.yaml': 'description: One.\nrunsOn: unix\n', 'process_payload/main.sh': '#!/bin/sh\n:\n' });
    await host.exec('sh', '-c', 'rm /etc/ssh/kiln_host_key* && ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/kiln_host_key');
    await host.reboot();
    const changed = await kiln.submit('short', 'far');
    expect((await blocked(changed, 'HOST_KEY_CHANGED')).job.blocked?.message).toContain('shows another host key');
    await requestPlatformAction(kiln.db, 'far', 'repin');
    expect(await checked(kiln.db, 'far')).toMatchObject({ state: 'ready' });
    expect((await kiln.ended(changed)).job.status).toBe('succeeded');

    await host.exec('mv', `${home}/.ssh/authorized_keys`, `${home}/.ssh/away`);
    await host.reboot();
    const refused = await kiln.submit('short', 'far');
    expect((await blocked(refused, 'LOGIN_REFUSED')).job.blocked?.message).toContain('the server refuses the key');
    await host.exec('mv', `${home}/.ssh/away`, `${home}/.ssh/authorized_keys`);
    await tryPlatform(kiln.db, 'far');
    expect((await kiln.ended(refused)).job.status).toBe('succeeded');
  });
});
