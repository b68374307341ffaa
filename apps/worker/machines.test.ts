import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTasks } from '@kiln/db/load-state';
import { TASK_STATES } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';

/** Machines that are made for a job, as the job goes on: here they are directories on this machine. */
describe('the machines of a job', { timeout: 120_000 }, () => {
  let kiln: Awaited<ReturnType<typeof installation>>;
  beforeAll(async () => {
    kiln = await installation();
    await kiln.worker();
  });
  afterAll(() => kiln.close());

  const flag = (name: string) => join(kiln.home, `go-${name}`);
  const connector = (name: string, tasks: number, script: string) =>
    kiln.connector(name, {
      'connector.yaml': `description: Waits.\nrunsOn: cloud\nreliability: true\nsweep: { n: [${Array.from({ length: tasks }, (_, i) => i + 1)}] }\n`,
      'process_payload/main.sh': `#!/bin/sh\n${script}\necho "$n" >"$2/n"\n`,
    });
  const waiting = (name: string) => `while [ -d '${kiln.home}' ] && [ ! -e '${flag(name)}' ]; do sleep 0.1; done`;

  test('one that has nothing to do any more is given back while the others work', async () => {
    await connector('uneven', 2, `[ "$n" = 1 ] || exit 0\n${waiting('uneven')}`);
    const job = await kiln.submit('uneven', 'local-cloud', { nodes: 2, minimum_nodes: 2 });
    const { nodes, job: seen } = await kiln.until(job, ({ nodes }) => nodes.some(({ goneAt }) => goneAt !== null));
    expect(seen.status).toBe('active');
    expect(nodes.map(({ state }) => state).sort()).toEqual(['destroyed', 'ready']);
    await writeFile(flag('uneven'), '');
    const { job: ended, counts, nodes: after } = await kiln.ended(job);
    expect([ended.status, counts.succeeded]).toEqual(['succeeded', 2]);
    expect(after.every(({ state, goneAt }) => state === 'destroyed' && goneAt !== null)).toBe(true);
  });

  test('one that is lost is replaced by another while retries last, and its tasks run there', async () => {
    await connector('lossy', 8, waiting('lossy'));
    const job = await kiln.submit('lossy', 'local-cloud', { nodes: 2, minimum_nodes: 2, maximum_retries: 1, retry_delay: 0 });
    const { nodes } = await kiln.until(job, ({ counts }) => counts.running === 2);
    await rm(nodes[0]?.root ?? '', { recursive: true, force: true });
    const replaced = await kiln.until(job, ({ nodes }) => nodes.some(({ name, state }) => name === `lossy${job}-3` && state === 'ready'));
    expect(replaced.nodes.map(({ state }) => state)).toEqual(['lost', 'ready', 'ready']);
    await writeFile(flag('lossy'), '');
    const { job: ended, counts } = await kiln.ended(job);
    expect([ended.status, counts.succeeded]).toEqual(['succeeded', 8]);
    const tasks = await loadTasks(kiln.db, job, { iteration: 0, states: TASK_STATES });
    expect(new Set(tasks.map(({ node }) => node))).toEqual(new Set([`lossy${job}-2`, `lossy${job}-3`]));
  });

  test('all of them may be lost, as long as retries last', async () => {
    await connector('unlucky', 2, waiting('unlucky'));
    const lose = async (job: number, count: number) => {
      const { nodes } = await kiln.until(job, ({ counts, nodes }) => counts.running === 1 && nodes.length === count);
      for (const { root } of nodes) await rm(root, { recursive: true, force: true });
    };
    const parameters = { nodes: 1, minimum_nodes: 1, maximum_retries: 1, retry_delay: 0 };
    const job = await kiln.submit('unlucky', 'local-cloud', parameters);
    await lose(job, 1);
    await lose(job, 2);
    const { job: ended } = await kiln.ended(job);
    expect(ended.ending).toMatchObject({ status: 'failed', code: 'NODE_LOST' });

    const refused = await kiln.submit('unlucky', 'local-cloud', { ...parameters, reschedule_failed_tasks: false });
    await lose(refused, 1);
    expect((await kiln.ended(refused)).nodes).toHaveLength(1);
  });

  test('a job whose machines have cost its limit ends with what it has brought home, and gives them back', async () => {
    await connector('dear', 2, `[ "$n" = 1 ] || { echo "$n" >"$2/n"; exit 0; }\n${waiting('dear')}`);
    const job = await kiln.submit('dear', 'local-cloud', { nodes: 2, minimum_nodes: 2, job_cost_limit: '7.7' });
    await kiln.until(job, ({ counts }) => counts.succeeded === 1 && counts.uncollected === 0);
    // Directories have no price; 3.21 a second is odd enough for no limit to come out even.
    await kiln.db.orm.execute(sql`update nodes set price_per_hour = 11556, created_at = now() where job_id = ${job}`);
    const { job: ended, nodes } = await kiln.ended(job);
    expect(ended.ending).toMatchObject({ status: 'failed', code: 'COST_LIMIT' });
    expect(nodes.every(({ goneAt }) => goneAt !== null)).toBe(true);
    expect(await kiln.output(`dear${job}/output_0/2/n`)).toBe('2\n');
  });
});
