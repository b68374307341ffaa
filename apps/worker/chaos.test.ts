import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hasEnded } from '@kiln/domain';
import { bedsMissing, loginNode } from '@kiln/testing/bed';
import { seeded } from '@kiln/testing/random';
import { expect, test } from 'vitest';
import { chaos } from './testing/chaos/run.ts';
import { installation } from './testing/installation.ts';
import { processesOf } from './testing/processes.ts';
import { registered } from './testing/registered.ts';
import { superviseWorker } from './testing/supervised-worker.ts';

/** The whole measure is 200 kills and 500 tasks on each: `KILN_CHAOS_KILLS=200 KILN_CHAOS_TASKS=500`. */
const KILLS = Number(process.env['KILN_CHAOS_KILLS'] ?? 12);
const TASKS = Number(process.env['KILN_CHAOS_TASKS'] ?? 60);
/** Milliseconds between kills at most: longer than a worker needs to start. */
const LONGEST_LIFE = 4000;

test.skipIf(bedsMissing)(
  `a worker that is killed ${KILLS} times while ${TASKS} tasks run over SSH and as many in Slurm runs each once`,
  { timeout: 60_000 + KILLS * LONGEST_LIFE * 2 },
  async () => {
    const random = seeded(20);
    const [kiln, { ssh, slurm }] = await Promise.all([installation(), loginNode()]);
    const shared = await mkdtemp(join(tmpdir(), 'kiln-chaos-'));
    await chmod(shared, 0o777);
    const first = await kiln.worker();
    const connection = { host: ssh['SSH_HOST'] ?? '', port: Number(ssh['SSH_PORT']), user: ssh['SSH_USER'] ?? '', jumps: [] };
    const enrolment = { kind: 'password', password: ssh['SSH_PASSWORD'] ?? '' } as const;
    for (const kind of ['unix', 'slurm'] as const) {
      const platform = await registered(kiln.db, kiln.user.id, { name: kind, kind, connection, enrolment, slots: 16 });
      expect(platform.state).toBe('ready');
    }
    await first.close();
    await kiln.connector('line', {
      'connector.yaml': 'description: Appends a line.\nrunsOn: unix\nparameters: { effects: { default: "" }, pause: { default: 1 } }\n',
      'process_payload/main.sh': '#!/bin/sh\necho "$n" >>"$effects"\nsleep "$pause"\necho "$n" >"$2/n"\n',
    });

    const supervised = superviseWorker(kiln.db.url, kiln.home);
    try {
      const sweep = { n: Array.from({ length: TASKS }, (_, i) => i + 1) };
      const pause = Math.ceil((KILLS * LONGEST_LIFE) / 2000 / (TASKS / 16)); // the tasks last about as long as the kills
      const jobs = new Map<string, number>();
      for (const platform of ['unix', 'slurm']) {
        jobs.set(platform, await kiln.submit('line', platform, { effects: join(shared, platform), pause, sweep }));
      }
      for (let kills = 0; kills < KILLS; kills += 1) {
        await sleep(random.next() * LONGEST_LIFE);
        supervised.kill();
      }
      for (const [platform, id] of jobs) {
        const { job, counts, nodes } = await kiln.until(id, (state) => hasEnded(state.job.status));
        expect({ ending: job.ending, counts }, platform).toMatchObject({ ending: null, counts: { succeeded: TASKS } });
        const lines = (await readFile(join(shared, platform), 'utf8')).trim().split('\n').map(Number);
        expect(
          lines.sort((a, b) => a - b),
          platform,
        ).toEqual(sweep.n);
        expect(await kiln.output(`line${id}/output/${TASKS}/n`)).toBe(`${TASKS}\n`);
        expect(await processesOf(`${nodes[0]?.root}/line${id}/`)).toEqual([]);
      }
      const queue = await promisify(execFile)('squeue', ['-h', '-o', '%j'], { env: { ...process.env, ...slurm } });
      expect(queue.stdout).not.toMatch(/^k[0-9a-f]{7}-/m);
      expect(supervised.deaths()).toBeGreaterThanOrEqual(KILLS - 1); // one kill may meet a worker that is just dying
    } finally {
      await supervised.stop();
      await kiln.close();
      await rm(shared, { recursive: true });
    }
  },
);

/** `npm run chaos` sets these. */
const ANY = Number(process.env['KILN_CHAOS_ANY'] ?? 200);
const SEED = Number(process.env['KILN_CHAOS_SEED'] ?? 4);
const INSTALLATIONS = Number(process.env['KILN_CHAOS_INSTALLATIONS'] ?? 1);
const LIMIT = process.env['KILN_CHAOS_MINUTES'];
/** Without a limit that somebody chose, the kills count and not the time. */
const MINUTES = Number(LIMIT ?? 15);
const kills = Math.ceil(ANY / INSTALLATIONS);
const seeds = Array.from({ length: INSTALLATIONS }, (_, i) => SEED + i);

test.concurrent.each(seeds)(
  `${kills} kills of whatever Kiln is made of lose nothing, do nothing twice and leave nothing behind (seed %i)`,
  {
    timeout: (MINUTES + 6) * 60_000,
  },
  async (seed) => {
    const keep = process.env['KILN_CHAOS_KEEP'] ?? null;
    const login = bedsMissing ? null : await loginNode();
    const found = await chaos({ kills, seed, minutes: MINUTES, login, keep, say: (line) => console.error(`seed ${seed}: ${line}`) });
    expect(found.wrong).toEqual([]);
    if (LIMIT === undefined) expect(found.kills).toBeGreaterThanOrEqual(kills);
  },
);
