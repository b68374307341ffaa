import type { Cloud } from '@kiln/domain';
import { expect } from 'vitest';
import { ec2 } from '../clouds/ec2/ec2.ts';
import { openSession } from '../clouds/ec2/session.ts';
import { cloudMachines } from '../clouds/machines.ts';
import type { CloudProvider } from '../clouds/provider.ts';
import { EC2_CLOUD, EC2_KEY, Ec2Double } from './ec2.ts';
import { serveEc2 } from './ec2-server.ts';

/** What a worker has to do with an EC2. */
export interface Worker {
  readonly installation?: string;
  readonly cloud?: Partial<Cloud>;
  readonly key?: Partial<typeof EC2_KEY>;
  readonly publicKey?: string;
  readonly signal?: AbortSignal;
  /** Whether it takes the server for Amazon's. */
  readonly amazon?: boolean;
}

/** An EC2 on loopback, and what speaks to it as a worker does. */
export async function ec2Bench() {
  const double = new Ec2Double();
  const server = await serveEc2(double);
  const sessionOf = ({ cloud, key }: Worker) => openSession({ ...EC2_CLOUD, ...cloud, endpoint: server.url }, { ...EC2_KEY, ...key });

  function provider(worker: Worker = {}): CloudProvider {
    const { installation = 'abcd', cloud, publicKey = 'ssh-ed25519 AAAA kiln', signal = new AbortController().signal, amazon } = worker;
    const use = { cloud: { ...EC2_CLOUD, endpoint: amazon ? '' : server.url, ...cloud }, installation, publicKey };
    return ec2(sessionOf(worker), use, signal);
  }

  return {
    double,
    server,
    provider,
    account: (worker: Worker = {}) => sessionOf(worker).account(new AbortController().signal),
    machines: (worker: Worker = {}) =>
      cloudMachines(provider(worker), {
        ...{ cloud: { ...EC2_CLOUD, ...worker.cloud }, slots: 2, signal: worker.signal ?? new AbortController().signal },
        greet: async (address) => ({ hostKey: `ssh-ed25519 SHA256:${address}`, home: '/home/admin' }),
        rootIn: (home) => `${home}/.kiln`,
        gone: () => {},
        pause: async () => {},
      }),
    /** What was asked with one operation. */
    asked: (action: string) => double.asked.filter((one) => one.action === action).map(({ input }) => input),
    names: () => double.there.map(({ Tags }) => Tags?.find(({ Key }) => Key === 'Name')?.Value).sort(),
    async close() {
      await server.close();
      expect(server.complaints).toEqual([]);
    },
  };
}
