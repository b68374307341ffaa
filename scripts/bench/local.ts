import { availableParallelism } from 'node:os';
import type { Row } from './compare.ts';
import type { KilnUnderTest } from './kiln.ts';
import { run } from './run.ts';

/** Tasks that do nothing, on this machine, with as many slots as it has cores. */
export function localRows(kiln: KilnUnderTest, sizes: readonly number[]): readonly Row[] {
  const slots = String(availableParallelism());
  return sizes.map((count) => ({
    name: `${count.toLocaleString('en')} no-op tasks on this machine`,
    count,
    unit: 'tasks',
    peer: `parallel -j${slots} 'sh -c true'`,
    goal: 3,
    byKiln: () => kiln.tasks(count),
    byPeer: async () => {
      const numbers = Array.from({ length: count }, (_, i) => i + 1).join('\n');
      await run('parallel', ['-j', slots, 'sh -c true #{}'], { input: numbers });
    },
  }));
}
