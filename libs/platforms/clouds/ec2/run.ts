import { createHash } from 'node:crypto';
import type { _InstanceType, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { KnownError } from '@kiln/domain';
import { KEYS } from '../marks.ts';
import type { CloudUse, Purpose } from '../provider.ts';
import { isGone } from './instances.ts';
import type { Session } from './session.ts';
import { taggedAs, tagsOf } from './tags.ts';

/** What a machine is made of, by ids. */
export interface Parts {
  readonly image: string;
  /** Names of the image's disks. */
  readonly disks: readonly string[];
  readonly network: string;
  readonly keyPair: string;
  readonly group: string;
}

/** As often as machines of one number are replaced within a day. */
const MOST_TOKENS = 100;
const USED_UP = /^IdempotentInstanceTerminated$/;

/**
 * One machine, marked in the very call that makes it: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html.
 * The token is made of the request, so that who asks again before a list shows the machine gets the same one. A token whose machine is gone
 * is of no use for a day: EC2 says so, or answers with what is gone, and the next one is taken.
 */
export async function runInstance(session: Session, use: CloudUse, parts: Parts, purpose: Purpose, signal: AbortSignal): Promise<void> {
  const request = requestOf(use, parts, purpose);
  for (let turn = 0; turn < MOST_TOKENS; turn += 1) {
    const ClientToken = createHash('sha256')
      .update(JSON.stringify([request, turn]))
      .digest('hex');
    const answer = await session.call(
      (client, { RunInstancesCommand }, options) => client.send(new RunInstancesCommand({ ...request, ClientToken }), options),
      signal,
      { accepted: USED_UP, making: true },
    );
    if (answer && !(answer.Instances ?? []).some(isGone)) return;
  }
  throw new KnownError('PLATFORM_UNAVAILABLE', `${purpose.name} was made and lost ${MOST_TOKENS} times; Kiln tries again later.`, {
    retryable: true,
  });
}

/** Nothing of it outlives it: it ends when it is shut down from within, and its disks with it. */
function requestOf(
  use: CloudUse,
  { image, disks, network, keyPair, group }: Parts,
  { job, number, name }: Purpose,
): RunInstancesCommandInput {
  const { size, userData } = use.cloud;
  const tags = tagsOf(use, { [KEYS.job]: job, [KEYS.number]: String(number), Name: name });
  return {
    MinCount: 1,
    MaxCount: 1,
    ImageId: image,
    InstanceType: size as _InstanceType, // there are new ones each year
    SubnetId: network,
    SecurityGroupIds: [group],
    KeyName: keyPair,
    InstanceInitiatedShutdownBehavior: 'terminate',
    MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required' },
    BlockDeviceMappings: disks.map((DeviceName) => ({ DeviceName, Ebs: { DeleteOnTermination: true } })),
    TagSpecifications: [...taggedAs('instance', tags), ...taggedAs('volume', tags), ...taggedAs('network-interface', tags)],
    ...(userData && { UserData: Buffer.from(userData).toString('base64') }),
  };
}
