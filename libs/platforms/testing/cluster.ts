import { DEFAULT_SETTINGS, type Platform, type SchedulerKind } from '@kiln/domain';
import { loginNode } from '@kiln/testing/bed';
import type { ClusterUnderTest } from '../contract/cluster-contract.ts';
import { examineScheduler } from '../examine/scheduler.ts';
import { oneMachine } from '../machines.ts';
import { createCluster } from '../schedulers/cluster.ts';
import { createClusterSite } from '../schedulers/cluster-site.ts';
import { schedulerOf } from '../schedulers/find-scheduler.ts';
import { createPool } from '../shells/pool.ts';
import { createSite } from '../site.ts';
import { HURRY, targetOf } from './remote.ts';

/** A cluster of the beds, with a directory of its own that the nodes see, too. */
export async function openCluster(kind: SchedulerKind): Promise<ClusterUnderTest> {
  const pool = createPool();
  const target = await targetOf((await loginNode()).ssh);
  const shell = pool.shell(target);
  const root = (await shell.run(['sh', '-c', 'mktemp -d "$HOME/kiln cluster XXXXXX"'])).stdout.trim();
  const scheduler = await examineScheduler(shell, kind, async () => {});
  if (!scheduler) throw new Error(`${kind} does not answer`);
  const platform: Platform = {
    ...{
      name: 'cluster',
      kind,
      provider: 'ssh',
      description: '',
      slots: 4,
      maxNodes: 1,
      connection: target.connection,
      bucket: null,
      url: null,
      curator: null,
      cloud: null,
    },
    settings: { ...DEFAULT_SETTINGS, limits: HURRY },
    facts: { home: '', root, cores: 1, scheduler },
  };
  const cluster = createCluster(schedulerOf(kind, scheduler.dialect), scheduler, HURRY, shell);
  const head = createSite(oneMachine({ name: 'cluster', address: '', root, slots: 4 }), () => shell);
  return {
    site: createClusterSite(head, shell, cluster, platform),
    cluster,
    platform,
    sh: async (line: string) => (await shell.run(['sh', '-c', line])).stdout,
    async close() {
      await shell.run(['rm', '-rf', root]);
      pool.close();
    },
  };
}
