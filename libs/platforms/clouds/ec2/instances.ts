import type { Instance } from '@aws-sdk/client-ec2';
import { KnownError } from '@kiln/domain';
import { KEYS } from '../marks.ts';
import { nameIn } from '../numbers.ts';
import type { CloudMachine, CloudUse, Seen } from '../provider.ts';
import { sentence } from '../sentence.ts';
import { listed } from './pages.ts';
import type { Session } from './session.ts';
import { filtersOf, isOurs, tagIn } from './tags.ts';

/** Entries of a page. */
const PAGE = 1000;
/** Characters that the value of a tag may have. */
const LONGEST_TAG = 256;
const NOT_THERE = /^InvalidInstanceID\.NotFound$/;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html. Those that are gone are shown for about an hour. */
export async function listInstances(session: Session, use: CloudUse, signal: AbortSignal): Promise<readonly CloudMachine[]> {
  const all = await listed(
    session,
    ({ paginateDescribeInstances }, config, options) =>
      paginateDescribeInstances({ ...config, pageSize: PAGE }, { Filters: filtersOf(use) }, options),
    ({ Reservations = [] }) => Reservations.flatMap(({ Instances = [] }) => Instances),
    signal,
  );
  const there = all.filter((instance) => isOurs(instance, use) && !(isGone(instance) && !isNews(session, use, instance)));
  return there
    .sort((a, b) => startOf(a) - startOf(b) || idOf(a).localeCompare(idOf(b)))
    .map((instance) => machineOf(instance, use, session.now()));
}

function machineOf(instance: Instance, { cloud }: CloudUse, now: number): CloudMachine {
  const [job, number] = [tagIn(instance, KEYS.job) ?? '', Number(tagIn(instance, KEYS.number) ?? 0)];
  const name = nameIn(job, number); // others may call it otherwise
  const [hostKey, home] = [tagIn(instance, KEYS.hostKey), tagIn(instance, KEYS.home)];
  const state = stateOf(instance);
  const reason = instance.StateReason?.Message || instance.StateTransitionReason;
  return {
    id: idOf(instance),
    name,
    job,
    number,
    state,
    address: addressOf(instance, cloud.sourceRange),
    age: Math.max(0, (now - startOf(instance)) / 1000),
    seen: hostKey && home ? { hostKey, home } : null,
    fault: state === 'failed' ? `${name} is ${instance.State?.Name}${reason ? `: ${sentence(reason)}` : '.'}` : null,
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html: what is not known may pass. */
function stateOf({ State }: Instance): CloudMachine['state'] {
  if (State?.Name === 'running') return 'up';
  return /^(stopping|stopped|shutting-down|terminated)$/.test(State?.Name ?? '') ? 'failed' : 'coming';
}

/** From here on nobody pays for it. */
export function isGone({ State }: Instance): boolean {
  return State?.Name === 'terminated' || State?.Name === 'shutting-down';
}

/** Why it is gone if somebody ended it, or others had precedence: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html */
const ENDED = /^(Client\.(UserInitiated|InstanceInitiated)Shutdown|Server\.Spot)/;

/**
 * One that could not be started is gone at once, and only what it says tells why. It is shown until its end was asked for, as it
 * would be made again and again, but no longer than it may take to start.
 */
function isNews(session: Session, { cloud }: CloudUse, instance: Instance): boolean {
  const code = instance.StateReason?.Code;
  if (!code || ENDED.test(code) || tagIn(instance, KEYS.hostKey) || session.ended.has(idOf(instance))) return false;
  return (session.now() - startOf(instance)) / 1000 < cloud.bootTimeout;
}

/** Public if it has one, else private. Machines that are reached from an IPv6 network alone have to have such an address. */
function addressOf(
  { Ipv6Address, NetworkInterfaces = [], PublicIpAddress, PrivateIpAddress }: Instance,
  sourceRange: string,
): string | null {
  if (!sourceRange.includes(':')) return PublicIpAddress || PrivateIpAddress || null;
  return Ipv6Address || NetworkInterfaces[0]?.Ipv6Addresses?.[0]?.Ipv6Address || null;
}

function idOf({ InstanceId }: Instance): string {
  if (InstanceId) return InstanceId;
  throw new KnownError('PLATFORM_UNAVAILABLE', "The cloud's answer about machines is not as EC2's are (InstanceId).", { retryable: true });
}

function startOf({ LaunchTime }: Instance): number {
  return LaunchTime?.getTime() ?? 0;
}

/** One that was made a moment ago is not known everywhere yet: that passes. */
export async function noteOnInstance(session: Session, id: string, { hostKey, home }: Seen, signal: AbortSignal): Promise<void> {
  if (home.length > LONGEST_TAG)
    throw new KnownError(
      'BAD_INPUT',
      `The home directory there has a name of ${home.length} characters, and EC2 notes ${LONGEST_TAG} at most.`,
    );
  const tags = Object.entries({ [KEYS.hostKey]: hostKey, [KEYS.home]: home }).map(([Key, Value]) => ({ Key, Value }));
  await session.call(
    (client, { CreateTagsCommand }, options) => client.send(new CreateTagsCommand({ Resources: [id], Tags: tags }), options),
    signal,
  );
}

export async function endInstance(session: Session, id: string, signal: AbortSignal): Promise<void> {
  const answer = await session.call(
    (client, { TerminateInstancesCommand }, options) => client.send(new TerminateInstancesCommand({ InstanceIds: [id] }), options),
    signal,
    { accepted: NOT_THERE },
  );
  const before = answer?.TerminatingInstances?.[0]?.PreviousState;
  if (before && isGone({ State: before })) session.ended.add(id);
}

export async function isInstanceThere(session: Session, id: string, signal: AbortSignal): Promise<boolean> {
  const answer = await session.call(
    (client, { DescribeInstancesCommand }, options) => client.send(new DescribeInstancesCommand({ InstanceIds: [id] }), options),
    signal,
    { accepted: NOT_THERE },
  );
  return (answer?.Reservations ?? []).flatMap(({ Instances = [] }) => Instances).some((instance) => !isGone(instance));
}
