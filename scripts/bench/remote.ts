import { availableParallelism } from 'node:os';
import type { NewPlatform } from '@kiln/client/kiln';
import { quoteAll } from '@kiln/domain';
import type { BenchBeds, SshBed } from './beds.ts';
import type { Row } from './compare.ts';
import type { KilnUnderTest } from './kiln.ts';
import { run } from './run.ts';

/** With no limits but those that all platforms have: Kiln is as courteous as it is by default. */
export function platformAt({ env, port, user, privateKey, root }: SshBed, name: string, kind: NewPlatform['kind']): NewPlatform {
  return { name, kind, connection: { host: env['SSH_HOST'] ?? '', port, user }, enrolment: { privateKey }, settings: { root } };
}

/** Tasks that do nothing, on a machine over SSH, with as many slots as it has cores. */
export function sshRows(kiln: KilnUnderTest, { client }: SshBed, sizes: readonly number[]): readonly Row[] {
  const slots = String(availableParallelism());
  return sizes.map((count) => ({
    name: `${count.toLocaleString('en')} no-op tasks over SSH`,
    count,
    unit: 'tasks',
    peer: `parallel -j${slots} --sshlogin, one shared connection`,
    goal: 10,
    byKiln: () => kiln.tasks(count, 'over-ssh'),
    byPeer: async () => {
      const argv = ['-j', slots, '--ssh', quoteAll(client), '--sshlogin', 'bench', 'sh -c true #{}'];
      const numbers = Array.from({ length: count }, (_, i) => i + 1).join('\n');
      await run('parallel', argv, { input: numbers });
    },
  }));
}

/** Tasks that do nothing, on a cluster. */
export function slurmRow(kiln: KilnUnderTest, { slurm }: BenchBeds): Row {
  const count = 1000;
  return {
    name: '1,000 no-op tasks in Slurm',
    count,
    unit: 'tasks',
    peer: `sbatch --array=1-${count} --wrap=true`,
    goal: 10,
    byKiln: () => kiln.tasks(count, 'in-slurm'),
    byPeer: async () => {
      const line = `sbatch --parsable --chdir=/ --output=/dev/null --array=1-${count} --wrap=true && while [ -n "$(squeue --me --noheader)" ]; do sleep 0.2; done`;
      await run('sh', ['-c', line], { env: { ...process.env, ...slurm } });
    },
  };
}
