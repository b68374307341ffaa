import { type CloudKey, type CloudPlace, KnownError } from '@kiln/domain';
import { choicesOf, quotaOf } from './openstack/choices.ts';
import type { Ask } from './openstack/http.ts';
import { openStack } from './openstack/openstack.ts';
import { openSession } from './openstack/session.ts';
import type { CloudProvider, CloudUse } from './provider.ts';

/** A cloud that somebody has the key of; shared by all that speak to it. */
export interface OpenCloud {
  /** Whose machines the key is for: the id of a project, or of an account. */
  owner(signal: AbortSignal): Promise<string>;
  /** To which it tells what others had better not read. */
  addresses(signal: AbortSignal): Promise<readonly string[]>;
  /** What there is, before anybody has chosen of it. */
  offers(signal: AbortSignal): Pick<CloudProvider, 'choices' | 'quota'>;
  provider(use: CloudUse, signal: AbortSignal): CloudProvider;
}

/** Nothing is asked of the cloud yet. `ask` is for tests of OpenStack. */
export function openCloud(cloud: CloudPlace, key: CloudKey, ask?: Ask): OpenCloud {
  if (key.kind === 'cloud-access-key') throw new KnownError('LOGIN_REFUSED', 'An OpenStack is not opened with an access key.');
  const session = openSession(cloud, key, ask);
  return {
    owner: session.project,
    addresses: async (signal) => [cloud.endpoint, ...Object.values(await session.roots(signal))],
    offers: (signal) => ({ choices: () => choicesOf(session, signal), quota: () => quotaOf(session, signal) }),
    provider: (use, signal) => openStack(session, use, signal),
  };
}
