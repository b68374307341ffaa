import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTasks } from '@kiln/db/load-state';
import { STAGES, TASK_STATES } from '@kiln/domain';
import { bed, bedsMissing } from '@kiln/testing/bed';
import { expect, test } from 'vitest';
import { Arming } from './testing/chaos/arming.ts';
import { resultOf } from './testing/chaos/checks.ts';
import { type Armed, pointsSeen, SELF } from './testing/chaos/points.ts';
import { buildPrograms } from './testing/chaos/programs.ts';
import { type Supervised, supervise } from './testing/chaos/supervised.ts';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';

const PARAMETERS = { iseed: 42, optimisation_scheme: 'MC', fanout_per_kept_result: 2, kept_results: 1, steps: 400 };
const CONVERGES = { ...PARAMETERS, nodes: 1, error_threshold: 0.5, maximum_iterations: 12 };

test.skipIf(bedsMissing)(
  'rmc-lite converges over SSH with the same history if its worker is killed at the beginning and at the end of every stage',
  { timeout: 240_000 },
  async () => {
    const [kiln, ssh] = await Promise.all([installation(), bed('sshd')]);
    const control = join(kiln.home, 'control');
    await mkdir(control);
    const programs = await buildPrograms(control);
    let workers: readonly Supervised[] = [];
    const work = async () => {
      const argv = [process.execPath, programs.worker, kiln.db.url, kiln.home, control];
      workers = await Promise.all([1, 2].map((number) => supervise(argv, process.env, join(control, `worker-${number}.log`))));
    };
    const rest = async () => {
      for (const worker of workers) await worker.stop();
    };
    const converged = async (id: number) => {
      const { job, counts } = await kiln.ended(id);
      expect(job).toMatchObject({ status: 'succeeded', ending: null });
      const { history, ...result } = await resultOf(kiln, job);
      expect(history.at(-1)?.ending).toBe('converged');
      expect(history.length).toBeGreaterThan(2);
      for (const iteration of history.keys()) {
        for (const { attempt } of await loadTasks(kiln.db, id, { iteration, states: TASK_STATES })) expect(attempt).toBe(1);
      }
      return { ...result, history, counts };
    };
    try {
      await cp('payloads/rmc-lite', join(kiln.home, 'payloads/rmc-lite'), { recursive: true });
      const first = await kiln.worker();
      const connection = { host: ssh['SSH_HOST'] ?? '', port: Number(ssh['SSH_PORT']), user: ssh['SSH_USER'] ?? '', jumps: [] };
      const enrolment = { kind: 'password', password: ssh['SSH_PASSWORD'] ?? '' } as const;
      await registered(kiln.db, kiln.user.id, { name: 'far', kind: 'unix', connection, enrolment, slots: 2 });
      await first.close();

      await work();
      const undisturbed = await converged(await kiln.submit('rmc-lite', 'far', CONVERGES));

      await rest();
      const job = await kiln.submit('rmc-lite', 'far', CONVERGES);
      const points = endsOfActions(await pointsSeen(control));
      expect(points).toHaveLength(2 * STAGES.length);
      const arming = new Arming(control);
      await arming.set(points.map((point, id): Armed => ({ id, point, victim: SELF, job })));
      await work();
      expect(await converged(job)).toEqual(undisturbed);
      const hits = await Promise.all(points.map((_, id) => arming.hit(id)));
      expect(new Set(hits.map((hit) => hit?.pid)).size).toBe(points.length); // each of them was the end of a process
    } finally {
      await rest();
      await programs.remove();
      await kiln.close();
    }
  },
);

/** Of each stage, the point before the first call of its action and the point after the last one. */
function endsOfActions(points: readonly string[]): readonly string[] {
  return STAGES.flatMap((stage) => {
    const calls = points.filter((point) => point.startsWith(`${stage}:`) && !/:(save|move):/.test(point));
    return [...calls.slice(0, 1), ...calls.slice(-1)];
  });
}
