import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { ec2Bench } from '../../testing/ec2-bench.ts';

const policyShape = z.object({
  Statement: z.array(z.object({ Action: z.union([z.string(), z.array(z.string())]), Effect: z.literal('Allow') })),
});

let bench: Awaited<ReturnType<typeof ec2Bench>>;
beforeEach(async () => {
  bench = await ec2Bench();
});
afterEach(() => bench.close());

test('the policy in the manual allows all that is asked of EC2, and nothing beside it', async () => {
  const manual = await readFile(new URL('../../../../docs/ec2.md', import.meta.url), 'utf8');
  const [, text = ''] = /```json\n(.*?)```/s.exec(manual) ?? [];
  const allowed = policyShape.parse(JSON.parse(text)).Statement.flatMap(({ Action }) => Action);
  const provider = bench.provider({ amazon: true });
  await bench.account();
  await provider.choices();
  await provider.admit();
  await bench.provider({ publicKey: 'ssh-ed25519 BBBB kiln', cloud: { sourceRange: '198.51.100.0/24' } }).admit(); // both are made anew
  await provider.create({ job: 'pi7', number: 1, name: 'pi7-1' });
  const [{ id } = { id: '' }] = await provider.list();
  await provider.note(id, { hostKey: 'ssh-ed25519 A', home: '/home/admin' });
  await provider.isThere(id);
  await provider.destroy(id);
  for (let i = 0; i < 2; i += 1) await provider.list();
  await provider.withdraw();
  const asked = new Set(bench.double.asked.map(({ action }) => `ec2:${action}`));
  expect([...new Set(allowed)].sort()).toEqual([...asked].sort());
});
