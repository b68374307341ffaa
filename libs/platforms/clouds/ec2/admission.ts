import { createHash } from 'node:crypto';
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { KnownError } from '@kiln/domain';
import { nameOfOurs } from '../marks.ts';
import type { CloudUse } from '../provider.ts';
import { listed } from './pages.ts';
import type { Session } from './session.ts';
import { filtersOf, isOurs, taggedAs, tagIn, tagsOf } from './tags.ts';

/** Tells of a key pair which key it has: not all that speak EC2 do. */
const KEY = 'kiln-key';

/** As often as a group is looked at until it is as it should be. */
const MOST_LOOKS = 4;

/** Both are looked for first, and what another worker has made meanwhile will do. */
export async function admit(
  session: Session,
  use: CloudUse,
  vpc: string,
  signal: AbortSignal,
): Promise<{ keyPair: string; group: string }> {
  const [keyPair, group] = await Promise.all([ensureKeyPair(session, use, signal), ensureGroup(session, use, vpc, signal)]);
  return { keyPair, group };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html */
async function ensureKeyPair(session: Session, use: CloudUse, signal: AbortSignal): Promise<string> {
  const name = nameOfOurs(use);
  const [found] = (await keyPairsOf(session, [{ Name: 'key-name', Values: [name] }], signal)).filter(({ KeyName }) => KeyName === name);
  if (found && !isOurs(found, use)) throw notOurs('key pair', name);
  if (found && tagIn(found, KEY) === fingerprintOf(use.publicKey)) return name;
  if (found) await removeKeyPair(session, name, signal); // of a check that was cut short
  const TagSpecifications = taggedAs('key-pair', tagsOf(use, { [KEY]: fingerprintOf(use.publicKey) }));
  const PublicKeyMaterial = Buffer.from(use.publicKey);
  await session.call(
    (client, { ImportKeyPairCommand }, options) =>
      client.send(new ImportKeyPairCommand({ KeyName: name, PublicKeyMaterial, TagSpecifications }), options),
    signal,
    { accepted: /^InvalidKeyPair\.Duplicate$/ },
  );
  return name;
}

async function keyPairsOf(session: Session, Filters: ReturnType<typeof filtersOf>, signal: AbortSignal) {
  const answer = await session.call(
    (client, { DescribeKeyPairsCommand }, options) => client.send(new DescribeKeyPairsCommand({ Filters }), options),
    signal,
  );
  return answer?.KeyPairs ?? [];
}

async function removeKeyPair(session: Session, KeyName: string, signal: AbortSignal): Promise<void> {
  await session.call((client, { DeleteKeyPairCommand }, options) => client.send(new DeleteKeyPairCommand({ KeyName }), options), signal, {
    accepted: /^InvalidKeyPair\.NotFound$/,
  });
}

/** As ssh tells it, of the key without what stands beside it. */
function fingerprintOf(line: string): string {
  const blob = Buffer.from(line.trim().split(/\s+/)[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function notOurs(what: string, name: string): KnownError {
  const message = `The cloud has a ${what} ${name} that bears no mark of this installation; remove or rename it there.`;
  return new KnownError('CONFLICT', message, { retryable: true });
}

function groupsOf(session: Session, Filters: ReturnType<typeof filtersOf>, signal: AbortSignal): Promise<readonly SecurityGroup[]> {
  return listed(
    session,
    ({ paginateDescribeSecurityGroups }, config, options) =>
      paginateDescribeSecurityGroups({ ...config, pageSize: 1000 }, { Filters }, options),
    ({ SecurityGroups }) => SecurityGroups,
    signal,
  );
}

/** Its name is unique within a VPC: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
async function ensureGroup(session: Session, use: CloudUse, vpc: string, signal: AbortSignal): Promise<string> {
  const name = nameOfOurs(use);
  const filters = [
    { Name: 'group-name', Values: [name] },
    { Name: 'vpc-id', Values: [vpc] },
  ];
  const look = async () =>
    (await groupsOf(session, filters, signal)).find(({ GroupName, VpcId }) => GroupName === name && (VpcId ?? vpc) === vpc);
  for (let tried = 0; tried < MOST_LOOKS; tried += 1) {
    const there = (await look()) ?? (await makeGroup(session, use, vpc, signal));
    if (!there?.GroupId) continue;
    if (!isOurs(there, use)) throw notOurs('security group', name);
    const { GroupId, IpPermissions: ways = [] } = there;
    const others = ways.flatMap((way) => othersIn(way, use.cloud.sourceRange));
    if (others.length === 0) {
      if (!ways.some((way) => isOpen(way, use.cloud.sourceRange))) await letIn(session, GroupId, use.cloud.sourceRange, signal);
      return GroupId;
    }
    await close(session, GroupId, others, signal); // and a look tells whether they are
  }
  throw new KnownError('PLATFORM_UNAVAILABLE', `The cloud does not show the security group ${name} as Kiln made it.`, { retryable: true });
}

/** Null if another worker was faster. */
async function makeGroup(session: Session, use: CloudUse, vpc: string, signal: AbortSignal): Promise<SecurityGroup | null> {
  const name = nameOfOurs(use);
  const group = { GroupName: name, Description: `SSH to machines of Kiln ${use.installation}`, VpcId: vpc };
  const tags = tagsOf(use);
  const made = await session.call(
    (client, { CreateSecurityGroupCommand }, options) =>
      client.send(new CreateSecurityGroupCommand({ ...group, TagSpecifications: taggedAs('security-group', tags) }), options),
    signal,
    { accepted: /^InvalidGroup\.Duplicate$/ },
  );
  return made && { GroupId: made.GroupId, GroupName: name, Tags: tags, IpPermissions: [] };
}

/** What others have opened. */
async function close(session: Session, GroupId: string, IpPermissions: IpPermission[], signal: AbortSignal): Promise<void> {
  await session.call(
    (client, { RevokeSecurityGroupIngressCommand }, options) =>
      client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }), options),
    signal,
    { accepted: /^InvalidPermission\.NotFound$/ },
  );
}

async function letIn(session: Session, GroupId: string, range: string, signal: AbortSignal): Promise<void> {
  const IpPermissions = [sshFrom(range)];
  await session.call(
    (client, { AuthorizeSecurityGroupIngressCommand }, options) =>
      client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }), options),
    signal,
    { accepted: /^InvalidPermission\.Duplicate$/ },
  );
}

function sshFrom(range: string): IpPermission {
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
  return range.includes(':') ? { ...ssh, Ipv6Ranges: [{ CidrIpv6: range }] } : { ...ssh, IpRanges: [{ CidrIp: range }] };
}

function isSsh({ IpProtocol, FromPort, ToPort }: IpPermission): boolean {
  return IpProtocol === 'tcp' && FromPort === 22 && ToPort === 22;
}

function isOpen(way: IpPermission, range: string): boolean {
  const { IpRanges = [], Ipv6Ranges = [] } = way;
  return isSsh(way) && (IpRanges.some(({ CidrIp }) => CidrIp === range) || Ipv6Ranges.some(({ CidrIpv6 }) => CidrIpv6 === range));
}

/** Ways of the same protocol and ports are told as one, whatever they lead from. */
function othersIn(way: IpPermission, range: string): readonly IpPermission[] {
  const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = way;
  const rest = {
    IpRanges: IpRanges.filter(({ CidrIp }) => !isSsh(way) || CidrIp !== range),
    Ipv6Ranges: Ipv6Ranges.filter(({ CidrIpv6 }) => !isSsh(way) || CidrIpv6 !== range),
    PrefixListIds,
    UserIdGroupPairs,
  };
  return Object.values(rest).some((sources) => sources.length > 0) ? [{ ...way, ...rest }] : [];
}

/** A group that a machine still uses is not removed, and then the next try is. */
export async function withdraw(session: Session, use: CloudUse, signal: AbortSignal): Promise<void> {
  const keyPairs = (await keyPairsOf(session, filtersOf(use), signal)).filter((pair) => isOurs(pair, use));
  for (const { KeyName } of keyPairs) if (KeyName) await removeKeyPair(session, KeyName, signal);
  const groups = (await groupsOf(session, filtersOf(use), signal)).filter((group) => isOurs(group, use));
  for (const { GroupId } of groups) {
    await session.call(
      (client, { DeleteSecurityGroupCommand }, options) => client.send(new DeleteSecurityGroupCommand({ GroupId }), options),
      signal,
      { accepted: /^InvalidGroup\.NotFound$|^InvalidSecurityGroupID\.NotFound$/ },
    );
  }
}
