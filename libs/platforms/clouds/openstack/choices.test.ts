import { expect, test } from 'vitest';
import { CLOUD, OpenStackDouble } from '../../testing/open-stack.ts';
import { quotaOf } from './choices.ts';
import { openSession } from './session.ts';

async function quota(absolute: Readonly<Record<string, unknown>>) {
  const double = new OpenStackDouble();
  double.faults.push({ method: 'GET', path: /limits$/, status: 200, body: { limits: { absolute } } });
  const key = { kind: 'application-credential', id: 'i', secret: 's' } as const;
  return quotaOf(openSession(CLOUD, key, double.ask), new AbortController().signal);
}

test('a quota is what is left of it, however large; -1, or none that is told, is no limit', async () => {
  const large = { maxTotalRAMSize: 4_294_967_296, totalRAMUsed: '1024' };
  expect(await quota({ maxTotalInstances: 2, totalInstancesUsed: 5, maxTotalCores: -1, ...large })).toEqual({
    machines: 0,
    cores: null,
    memory: 4_294_966_272,
  });
  expect(await quota({})).toEqual({ machines: null, cores: null, memory: null });
});

test.each<unknown>(['', 'many', 'Infinity', '9'.repeat(400), {}, true])('a quota of %j is none that the cloud tells', async (wrong) => {
  expect(await quota({ maxTotalInstances: 10, maxTotalCores: wrong })).toBeNull();
  expect(await quota({ maxTotalInstances: 10, totalInstancesUsed: wrong })).toBeNull();
});
