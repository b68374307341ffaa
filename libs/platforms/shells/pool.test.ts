import { DEFAULT_LIMITS } from '@kiln/domain';
import { afterEach, expect, test, vi } from 'vitest';
import { createPool, type Target } from './pool.ts';

const target = (host: string, machine?: string): Target => ({
  ...{ name: 'sky', connection: { host, port: 22, user: 'debian', jumps: [] }, limits: DEFAULT_LIMITS },
  access: async () => ({ credential: { privateKey: '', passphrase: null }, hostKeys: [] }),
  ...(machine !== undefined && { machine }),
});

afterEach(() => {
  vi.useRealTimers();
});

test('two machines of a cloud that have one address one after the other are two', () => {
  const pool = createPool();
  pool.shell(target('10.0.0.1', 'ours pi7-1'));
  pool.shell(target('10.0.0.1', 'ours pi8-1'));
  pool.shell(target('10.0.0.1', 'ours pi8-1'));
  expect(pool.report()).toHaveLength(2);
  pool.forget(target('10.0.0.1', 'ours pi7-1'));
  expect(pool.report()).toHaveLength(1);
  pool.close();
});

test('machines that another worker gave back are forgotten after a while, and those that stay are not', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const pool = createPool();
  pool.shell(target('10.0.0.1', 'ours pi7-1'));
  pool.shell(target('hpc.example.org'));
  vi.setSystemTime(Date.now() + 3_500_000);
  pool.shell(target('10.0.0.2', 'ours pi8-1'));
  expect(pool.report()).toHaveLength(3);
  vi.setSystemTime(Date.now() + 200_000);
  pool.shell(target('10.0.0.2', 'ours pi8-1'));
  expect(pool.report().map(({ address }) => address)).toEqual(['debian@hpc.example.org:22', 'debian@10.0.0.2:22']);
  pool.close();
});
