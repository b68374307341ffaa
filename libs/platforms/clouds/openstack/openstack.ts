import type { CloudProvider, CloudUse } from '../provider.ts';
import { isLeft, isLeftThere, listAddresses, makeAddress, reachedBy, releaseAddressesOf, releaseLeft } from './addresses.ts';
import { admit, withdraw } from './admission.ts';
import { choicesOf, partsOf, quotaOf } from './choices.ts';
import { createServer, deleteServer, isServerThere, listServers, noteOnServer } from './servers.ts';
import type { Session } from './session.ts';

/** An OpenStack: Keystone v3, Nova, Neutron and Glance, as https://docs.openstack.org/api-quick-start/ has them. */
export function openStack(session: Session, use: CloudUse, signal: AbortSignal): CloudProvider {
  // Looked up once for all machines of a call.
  const parts = once(() => partsOf(session, use.cloud, signal));
  const admission = once(() => admit(session, use, signal));
  const provider: CloudProvider = {
    list: () => listServers(session, use, signal),
    async create(purpose) {
      const [known, admitted] = await Promise.all([parts(), admission()]);
      await createServer(session, use, { ...known, ...admitted }, purpose, signal);
    },
    note: (id, seen) => noteOnServer(session, id, seen, signal),
    destroy: (id) => deleteServer(session, id, signal),
    isThere: (id) => isServerThere(session, id, signal),
    choices: () => choicesOf(session, signal),
    quota: () => quotaOf(session, signal),
    admit: async () => void (await admit(session, use, signal)),
    withdraw: () => withdraw(session, use, signal),
  };
  return use.cloud.floatingNetwork === '' ? provider : { ...provider, ...withAddresses(provider) };

  /** What is different where machines have floating addresses. */
  function withAddresses({ list, destroy, isThere }: CloudProvider): Partial<CloudProvider> {
    return {
      async list() {
        const addresses = await listAddresses(session, use, signal); // before the machines: later there may be some of later machines
        return reachedBy(addresses, await list());
      },
      expose: async (machine) => makeAddress(session, use, machine, (await parts()).floatingNetwork, signal),
      async destroy(id) {
        if (isLeft(id)) return releaseLeft(session, id, signal);
        try {
          await releaseAddressesOf(session, use, id, signal);
        } finally {
          await destroy(id); // the machine costs more
        }
      },
      isThere: (id) => (isLeft(id) ? isLeftThere(session, id, signal) : isThere(id)),
    };
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | null = null;
  return () => {
    begun ??= work();
    return begun;
  };
}
