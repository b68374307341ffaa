import type { Platform } from '@kiln/client/platform-documents';
import { DEFAULT_SETTINGS } from '@kiln/domain';

/** A cluster as the API gives it. */
export function samplePlatform(more: Partial<Platform> = {}): Platform {
  const queue = { isDefault: false, open: true, maxWalltime: null, nodes: null };
  return {
    ...{ name: 'hpc', kind: 'slurm', provider: 'ssh', description: '', slots: 100, maxNodes: 1, state: 'ready', checkedAt: null },
    ...{ owned: true, publicKey: null, liveJobs: 0, blockedJobs: 0, hostKeys: [], findings: [], link: null },
    bucket: null,
    url: null,
    curator: null,
    cloud: null,
    connection: { host: 'hpc.example.org', port: 22, user: 'ann', jumps: [] },
    settings: { ...DEFAULT_SETTINGS, modules: [], resources: { walltime: 14_400 } },
    facts: {
      ...{ home: '/home/ann', root: '/home/ann/.kiln', cores: 32 },
      scheduler: {
        ...{ version: 'slurm 22.05.8', arrayLimit: 1001, cores: null },
        queues: [
          { ...queue, name: 'short', isDefault: true, maxWalltime: 43_200, nodes: 64 },
          { ...queue, name: 'old', open: false },
        ],
      },
    },
    ...more,
  };
}
