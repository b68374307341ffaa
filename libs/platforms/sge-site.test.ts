import { bedsMissing } from '@kiln/testing/bed';
import { describe } from 'vitest';
import { clusterContract } from './contract/cluster-contract.ts';
import { openCluster } from './testing/cluster.ts';

describe.skipIf(bedsMissing)('a cluster', () => {
  clusterContract(
    'Grid Engine',
    {
      shortQueue: 'minute.q',
      hold: (job) => `qhold ${job}`,
      release: (job) => `qrls ${job}`,
      cancel: (job) => `qdel ${job}`,
      cancelled: 'SIGNAL',
    },
    () => openCluster('sge'),
  );
});
