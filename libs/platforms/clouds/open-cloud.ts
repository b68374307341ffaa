import { type CloudKey, type CloudPlace, type Ec2Key, KnownError, type OpenStackKey } from '@kiln/domain';
import { choicesOf as ec2Choices } from './ec2/choices.ts';
import { ec2 } from './ec2/ec2.ts';
import { openSession as ec2Session } from './ec2/session.ts';
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
  const isEc2 = key.kind === 'cloud-access-key';
  if ((cloud.provider === 'ec2') !== isEc2) {
    const message = isEc2 ? 'An OpenStack is not opened with an access key.' : 'EC2 is opened with an access key.';
    throw new KnownError('LOGIN_REFUSED', message);
  }
  return isEc2 ? openEc2(cloud, key) : openOpenStack(cloud, key, ask);
}

function openEc2(cloud: CloudPlace, key: Ec2Key): OpenCloud {
  const session = ec2Session(cloud, key);
  return {
    owner: session.account,
    addresses: async () => [await session.endpoint()],
    offers: (signal) => ({ choices: () => ec2Choices(session, cloud, '', signal), quota: async () => null }),
    provider: (use, signal) => ec2(session, use, signal),
  };
}

function openOpenStack(cloud: CloudPlace, key: OpenStackKey, ask?: Ask): OpenCloud {
  const session = openSession(cloud, key, ask);
  return {
    owner: session.project,
    addresses: async (signal) => [cloud.endpoint, ...Object.values(await session.roots(signal))],
    offers: (signal) => ({ choices: () => choicesOf(session, signal), quota: () => quotaOf(session, signal) }),
    provider: (use, signal) => openStack(session, use, signal),
  };
}
