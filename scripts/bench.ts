import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expectShortLivedBuffers } from '@kiln/platforms/shells/short-lived';
import { bringUp } from './bench/beds.ts';
import { compare, type Result, table } from './bench/compare.ts';
import { fileRows } from './bench/files.ts';
import { startKiln } from './bench/kiln.ts';
import { latencyOf, told } from './bench/latency.ts';
import { localRows } from './bench/local.ts';
import { platformAt, slurmRow, sshRows } from './bench/remote.ts';

/**
 * Times Kiln, every transition stored, beside what people use else: in turn, in the same run, on the same machine.
 * With `TMPDIR=/dev/shm` the disk has no part in it: ext4 takes long to find inodes when thousands were freed in the last minutes.
 * usage: npm run bench [-- [--only local|ssh|latency|slurm|files].. [ROUNDS [TASKS ..]]]
 */
const GROUPS = ['local', 'ssh', 'latency', 'slurm', 'files'];
const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string', multiple: true } } });
const [rounds = 5, ...given] = positionals.map(Number);
const sizes = given.length > 0 ? given : [1000, 10_000];
const wanted = values.only ?? GROUPS;
const unknown = wanted.find((name) => !GROUPS.includes(name));
if (unknown) throw new Error(`There is no group ${unknown}: there are ${GROUPS.join(', ')}.`);

expectShortLivedBuffers(); // as a worker does
const home = mkdtempSync(join(tmpdir(), 'kiln-bench-'));
const machine = { cores: availableParallelism(), model: cpus()[0]?.model, node: process.version, load: loadavg() };
const remote = wanted.filter((name) => name !== 'local');
const beds = remote.length > 0 ? await bringUp(home, wanted.includes('slurm')) : 'nobody asked for it';
if (typeof beds === 'string' && remote.length > 0) console.log(`Skipped ${remote.join(', ')}: ${beds}.`);
const kiln = await startKiln(home);
const results: Result[] = [];
let growth: number | null = null;
let latency: Awaited<ReturnType<typeof latencyOf>> | null = null;
try {
  if (wanted.includes('local')) for (const row of localRows(kiln, sizes)) results.push(await compare(row, rounds));
  if (typeof beds !== 'string') await measureRemote(beds);
  const memory = kiln.peakMemory();
  if (results.length > 0) console.log(`\n${table(results)}`);
  if (latency) console.log(`\n${told(latency)}`);
  console.log(`\n\`kiln up\` without Postgres took ${memory} MB at most.`);
  if (growth !== null) console.log(`What moves trees grew by ${growth} MB at most while it did.`);
  const file = join(tmpdir(), `kiln-bench-${new Date().toISOString().replaceAll(':', '')}.json`);
  writeFileSync(file, `${JSON.stringify({ machine, rounds, memory, growth, results, latency }, null, 2)}\n`);
  console.log(`Every round is in ${file}`);
} finally {
  await kiln.stop();
  if (typeof beds !== 'string') await beds.close();
  rmSync(home, { recursive: true, force: true });
}

async function measureRemote(beds: Exclude<Awaited<ReturnType<typeof bringUp>>, string>): Promise<void> {
  await kiln.register(platformAt(beds.ssh, 'over-ssh', 'unix'));
  if (wanted.includes('ssh')) for (const row of sshRows(kiln, beds.ssh, sizes)) results.push(await compare(row, rounds));
  if (wanted.includes('latency')) latency = await latencyOf(kiln, 'over-ssh');
  if (beds.slurm) {
    await kiln.register(platformAt(beds.ssh, 'in-slurm', 'slurm'));
    results.push(await compare(slurmRow(kiln, beds), rounds));
  }
  if (wanted.includes('files')) {
    const files = await fileRows(home, beds.ssh);
    for (const row of files.rows) results.push(await compare(row, rounds));
    growth = files.growth();
    await files.close();
  }
}
