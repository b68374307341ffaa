import type { CloudProvider, CloudUse } from '../provider.ts';
import { admit, withdraw } from './admission.ts';
import { choicesOf, partsOf, quotaOf } from './choices.ts';
import { createServer, deleteServer, isServerThere, listServers, noteOnServer } from './servers.ts';
import type { Session } from './session.ts';

/** An OpenStack: Keystone v3, Nova, Neutron and Glance, as https://docs.openstack.org/api-quick-start/ has them. */
export function openStack(session: Session, use: CloudUse, signal: AbortSignal): CloudProvider {
  let parts: Promise<Parameters<typeof createServer>[2]> | null = null;
  /** Looked up once for all machines of a call. */
  const known = () => {
    parts ??= Promise.all([partsOf(session, use.cloud, signal), admit(session, use, signal)]).then(([one, other]) => ({
      ...one,
      ...other,
    }));
    return parts;
  };
  return {
    list: () => listServers(session, use, signal),
    create: async (purpose) => createServer(session, use, await known(), purpose, signal),
    note: (id, seen) => noteOnServer(session, id, seen, signal),
    destroy: (id) => deleteServer(session, id, signal),
    isThere: (id) => isServerThere(session, id, signal),
    choices: () => choicesOf(session, signal),
    quota: () => quotaOf(session, signal),
    admit: async () => void (await admit(session, use, signal)),
    withdraw: () => withdraw(session, use, signal),
  };
}
