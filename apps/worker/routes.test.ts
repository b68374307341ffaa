import { KnownError } from '@kiln/domain';
import type { DirectMachine } from '@kiln/platforms/direct/machine';
import type { Reach } from '@kiln/platforms/direct/probe';
import { expect, test } from 'vitest';
import { createRoutes } from './routes.ts';

const machine = (name: string): DirectMachine => ({
  name,
  connection: { host: name, port: 22, user: 'ann', jumps: [] },
  root: '/home/ann/.kiln/1',
  shell: () => {
    throw new Error('nobody is asked here');
  },
  hostKey: () => Promise.reject(new Error('nobody is asked here')),
});
const [one, other] = [machine('one'), machine('other')];
const { signal } = new AbortController();

test('whether one machine reaches another is asked once, and again after an hour, or ten minutes after it failed', async () => {
  let clock = 0;
  const asked: string[] = [];
  const answers: Reach[] = [
    { reached: true, expires: true },
    { reached: false, why: 'it is away' },
    { reached: true, expires: false },
  ];
  const routes = createRoutes(
    async (client, server) => {
      asked.push(`${client.name} ${server.name}`);
      return answers[asked.length - 1] ?? { reached: false, why: '' };
    },
    () => clock,
  );
  const reach = () => routes.reach(one, other, signal);
  expect(await reach()).toBe(answers[0]);
  expect(await reach()).toBe(answers[0]);
  clock = 3_599_999;
  expect(await reach()).toBe(answers[0]);
  clock = 3_600_000;
  expect(await reach()).toBe(answers[1]);
  clock += 600_000;
  expect(await reach()).toBe(answers[2]);
  expect(asked).toEqual(['one other', 'one other', 'one other']);
  routes.failed(one, other);
  expect(await reach()).toEqual({ reached: false, why: 'a direct copy failed a moment ago, by a login from one to other' });
  expect((await routes.reach(other, one, signal)).reached).toBe(false);
  expect(asked.at(-1)).toBe('other one');
});

test('an answer that did not come says that it is not reached, and nothing of the other direction', async () => {
  let times = 0;
  const routes = createRoutes(async () => {
    times += 1;
    if (times === 1) throw new KnownError('PLATFORM_UNAVAILABLE', 'cut', { retryable: true });
    return { reached: true, expires: true };
  });
  expect(await routes.reach(one, other, signal)).toEqual({ reached: false, why: 'cut' });
  expect(await routes.reach(one, other, signal)).toEqual({ reached: false, why: 'cut' });
  expect((await routes.reach(other, one, signal)).reached).toBe(true);
  expect(times).toBe(2);
});
