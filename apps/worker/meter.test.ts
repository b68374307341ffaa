import { findJob } from '@kiln/db/jobs';
import type { Transfer } from '@kiln/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMeter } from './meter.ts';
import { installation } from './testing/installation.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
beforeEach(async () => {
  kiln = await installation();
  await kiln.connector('one', { 'connector.yaml': 'description: One.\nrunsOn: unix\ncommand: "true"\n' });
});
afterEach(() => kiln.close());

test('what two streams move is told together, once a second at most, and forgotten when they end', async () => {
  const id = await kiln.submit('one', 'local');
  let clock = 0;
  const metered = createMeter(kiln.db, id, () => clock).stream;
  const told = async () => (await findJob(kiln.db, kiln.user.id, id))?.transfer ?? null;
  const until = async (wanted: Transfer | null) => {
    while (JSON.stringify(sorted(await told())) !== JSON.stringify(sorted(wanted))) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (;;) yield new Uint8Array(1000);
  }
  const [one, two] = [metered('in', pieces())[Symbol.asyncIterator](), metered('in', pieces())[Symbol.asyncIterator]()];
  await one.next();
  await two.next();
  clock = 999;
  await one.next();
  expect(await told()).toBeNull();
  clock = 2000;
  await two.next();
  await until({ direction: 'in', bytes: 4000, rate: 2000 });
  clock = 2500;
  await one.next();
  expect(await told()).toMatchObject({ bytes: 4000 });
  clock = 3000;
  await one.next();
  await until({ direction: 'in', bytes: 6000, rate: 2000 });
  await one.return?.(undefined);
  expect(await told()).toMatchObject({ bytes: 6000 });
  await two.return?.(undefined);
  expect(await told()).toBeNull();
});

/** The database keeps keys in an order of its own. */
function sorted(transfer: Transfer | null): unknown {
  return transfer && [transfer.direction, transfer.bytes, transfer.rate];
}
