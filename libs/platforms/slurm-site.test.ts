import { bedsMissing } from '@kiln/testing/bed';
import { describe } from 'vitest';
import { clusterContract } from './contract/cluster-contract.ts';
import { openCluster } from './testing/cluster.ts';

describe.skipIf(bedsMissing)('a cluster', () => {
  clusterContract(
    'Slurm',
    {
      shortQueue: 'minute',
      hold: (job) => `scontrol hold ${job}`,
      release: (job) => `scontrol release ${job}`,
      cancel: (job) => `scancel ${job}`,
      cancelled: 'CANCELLED_BY_ADMINISTRATOR',
    },
    () => openCluster('slurm'),
  );
});
