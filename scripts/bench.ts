import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, type Result, table } from './bench/compare.ts';
import { startKiln } from './bench/kiln.ts';
import { localRows } from './bench/local.ts';

/**
 * Times Kiln, every transition stored, beside what people use else: in turn, in the same run, on the same machine.
 * usage: npm run bench [-- ROUNDS [TASKS ..]]
 */
const [rounds = 5, ...sizes] = process.argv.slice(2).map(Number);
const home = mkdtempSync(join(tmpdir(), 'kiln-bench-'));
const kiln = await startKiln(home);
const results: Result[] = [];
try {
  for (const row of localRows(kiln, sizes.length > 0 ? sizes : [1000, 10_000])) results.push(await compare(row, rounds));
  const memory = kiln.peakMemory();
  console.log(`\n${table(results)}\n\n\`kiln up\` without Postgres took ${memory} MB at most.`);
  const file = join(tmpdir(), `kiln-bench-${new Date().toISOString().replaceAll(':', '')}.json`);
  const machine = { cores: availableParallelism(), model: cpus()[0]?.model, node: process.version };
  writeFileSync(file, `${JSON.stringify({ machine, rounds, memory, results }, null, 2)}\n`);
  console.log(`Every round is in ${file}`);
} finally {
  await kiln.stop();
  rmSync(home, { recursive: true, force: true });
}
