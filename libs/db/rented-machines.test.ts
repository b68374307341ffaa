import { randomUUID } from 'node:crypto';
import { DEFAULT_SETTINGS } from '@kiln/domain';
import { testDatabase } from '@kiln/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureAdministrator } from './accounts.ts';
import { registerPlatform } from './change-platform.ts';
import type { Database } from './connect.ts';
import { renamePlatform } from './move-platform.ts';
import { type ListedMachine, listRentedMachines, noteMachines } from './rented-machines.ts';

let db: Database;
let ownerId: string;
beforeAll(async () => {
  db = await testDatabase();
  ownerId = (await ensureAdministrator(db)).id;
});
afterAll(() => db.close());

const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const machine = (number: number, change: Partial<ListedMachine> = {}): ListedMachine => ({
  ...{ id: `id-${number}`, name: `pi7-${number}`, job: 'pi7', state: 'coming', address: null, fault: null, age: 60 * number },
  ...change,
});
const listed = async () =>
  (await listRentedMachines(db, ownerId)).map(({ id, state, pricePerHour, since }) => [id, state, pricePerHour, since]);

test('what a cloud listed last is what is rented, at the price that held when a machine was made', async () => {
  await registerPlatform(db, {
    ...{ ownerId, name: 'sky', kind: 'cloud', connection: null, bucket: null, url: null, curator: null, cloud: null, maxNodes: 4 },
    ...{ settings: DEFAULT_SETTINGS, description: '', slots: null, sealedEnrolment: Buffer.from('sealed') },
  });
  await noteMachines(db, { platform: 'sky', pricePerHour: 0.5 }, [machine(1), machine(2)], NOW);
  await noteMachines(db, { platform: 'sky', pricePerHour: 0.9 }, [machine(2, { state: 'up', age: 180 }), machine(3)], NOW + 60_000);
  const now = [
    ['id-3', 'coming', 0.9, '2026-01-01T11:58:00.000Z'],
    ['id-2', 'up', 0.5, '2026-01-01T11:58:00.000Z'],
  ];
  expect((await listed()).sort()).toEqual(now.sort());
  await noteMachines(db, { platform: 'sky', pricePerHour: 0.5 }, [machine(1)], NOW + 30_000); // a list that comes late
  expect((await listed()).sort()).toEqual(now.sort());
  expect(await listRentedMachines(db, randomUUID())).toEqual([]);

  await db.pool.query(`update platforms set state = 'ready'`);
  await renamePlatform(db, 'sky', 'heaven');
  await noteMachines(db, { platform: 'heaven', pricePerHour: null }, [], NOW + 90_000);
  expect(await listed()).toEqual([]);
});
