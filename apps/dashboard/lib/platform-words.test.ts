import { expect, test } from 'vitest';
import { budget, jumpsOf, loginText } from './platform-words.ts';

test('a login is written as for ssh', () => {
  expect(loginText({ user: 'ann', host: 'hpc.example.org', port: 22 })).toBe('ann@hpc.example.org');
  expect(loginText({ user: 'ann', host: 'fd00::1', port: 2222 })).toBe('ann@[fd00::1]:2222');
});

test('jump hosts are read as ssh -J reads them', () => {
  expect(jumpsOf('bob@gateway:2222, inner', 'ann')).toEqual([
    { user: 'bob', host: 'gateway', port: 2222 },
    { user: 'ann', host: 'inner', port: 22 },
  ]);
  expect(jumpsOf('[fd00::1]:23', 'ann')).toEqual([{ user: 'ann', host: 'fd00::1', port: 23 }]);
  expect(jumpsOf('  ', 'ann')).toEqual([]);
  expect(jumpsOf('a@b@c', 'ann')).toBeNull();
  expect(jumpsOf('gateway:ssh', 'ann')).toBeNull();
});

test('the jump hosts that are shown can be read again', () => {
  const hops = [
    { user: 'ann', host: 'fd00::1', port: 2222 },
    { user: 'bob', host: 'fd00::2', port: 22 },
  ];
  expect(jumpsOf(hops.map(loginText).join(', '), 'other')).toEqual(hops);
});

test('the budget of connections is said in words', () => {
  const link = { connections: 1, sessions: 3, sessionLimit: 8, state: 'up' };
  expect(budget(link)).toBe('1 connection, 3 of 8 sessions');
  expect(budget({ ...link, state: 'down' })).toBe('connection lost');
  expect(budget({ ...link, connections: 0, sessions: 0 })).toBe('not connected');
});
