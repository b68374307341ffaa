import type {
  AuthorizeSecurityGroupIngressCommandInput,
  CreateSecurityGroupCommandInput,
  DeleteKeyPairCommandInput,
  DeleteSecurityGroupCommandInput,
  DescribeImagesCommandInput,
  Filter,
  Image,
  ImportKeyPairCommandInput,
  Instance,
  InstanceTypeInfo,
  IpPermission,
  KeyPairInfo,
  RunInstancesCommandInput,
  SecurityGroup,
  Subnet,
} from '@aws-sdk/client-ec2';
import { matches, pageOf } from './ec2-lists.ts';
import { Refused } from './ec2-wire.ts';

const image = (id: string, name: string, owner: string, date = '2026-01-01', more: Partial<Image> = {}): Image => ({
  ...{ ImageId: id, Name: name, OwnerId: owner, CreationDate: `${date}T00:00:00.000Z`, State: 'available' },
  BlockDeviceMappings: [
    { DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: true, VolumeSize: 8 } },
    { DeviceName: '/dev/xvdb', Ebs: { DeleteOnTermination: false, VolumeSize: 4 } },
    { DeviceName: '/dev/xvdc', VirtualName: 'ephemeral0' },
  ],
  ...more,
});

const size = (InstanceType: string, cores: number, memory: number) =>
  ({ InstanceType, VCpuInfo: { DefaultVCpus: cores }, MemoryInfo: { SizeInMiB: memory } }) as InstanceTypeInfo; // there are new ones each year

type Ways = Pick<AuthorizeSecurityGroupIngressCommandInput, 'GroupId' | 'IpPermissions'>;

/** What an account has beside machines. */
export class Ec2Estate {
  readonly account = '111122223333';
  images: Image[] = [
    image('ami-0aaaaaaaaaaaaaaa1', 'debian-12-amd64-20260101', '136693071363'),
    image('ami-0aaaaaaaaaaaaaaa2', 'debian-12-amd64-20260201', '136693071363', '2026-02-01'),
    image('ami-0aaaaaaaaaaaaaaa3', 'debian-12-amd64-20260101', '666666666666'), // somebody calls theirs so, too
    image('ami-0aaaaaaaaaaaaaaa4', 'lab', this.account),
    image('ami-0aaaaaaaaaaaaaaa5', 'twice', this.account),
    image('ami-0aaaaaaaaaaaaaaa6', 'twice', this.account),
    image('ami-0aaaaaaaaaaaaaaa7', 'half made', this.account, '2026-03-01', { State: 'pending' }),
  ];
  readonly sizes = [size('t3.small', 2, 2048), size('c7g.large', 2, 4096), size('m7i.24xlarge', 96, 393_216)];
  subnets: Subnet[] = [
    { SubnetId: 'subnet-1', VpcId: 'vpc-1', AvailabilityZone: 'eu-central-1a', Tags: [{ Key: 'Name', Value: 'workers' }] },
    { SubnetId: 'subnet-2', VpcId: 'vpc-1', AvailabilityZone: 'eu-central-1b', Tags: [] },
    { SubnetId: 'subnet-3', VpcId: 'vpc-2', AvailabilityZone: 'eu-central-1a', Tags: [{ Key: 'Name', Value: 'elsewhere' }] },
  ];
  keyPairs: KeyPairInfo[] = [];
  groups: SecurityGroup[] = ['vpc-1', 'vpc-2'].map((VpcId, i) => ({
    ...{ GroupId: `sg-default${i}`, GroupName: 'default', OwnerId: this.account, VpcId, IpPermissions: [], Tags: [] },
  }));
  /** Public keys, by the name of their pair. */
  readonly publicKeys = new Map<string, string>();
  private made = 0;

  constructor(private readonly instances: () => readonly Instance[]) {}

  answer(action: string, input: object, page: number, unfiltered: boolean): object {
    const { Filters = [], NextToken } = input as { readonly Filters?: readonly Filter[]; readonly NextToken?: string }; // of all lists
    const listed = <T extends object>(key: string, all: readonly T[], names: Readonly<Record<string, keyof T>> = {}) => {
      const { entries, next } = pageOf(unfiltered ? all : all.filter((one) => matches(one, names, Filters)), page, NextToken);
      return { [key]: entries, NextToken: next };
    };
    const answers: Readonly<Record<string, () => object>> = {
      // Each is given what the model of its operation says: the request was read by it.
      DescribeImages: () => this.describeImages(input as DescribeImagesCommandInput, page),
      DescribeInstanceTypes: () => listed('InstanceTypes', this.sizes),
      DescribeSubnets: () => listed('Subnets', this.subnets),
      DescribeAvailabilityZones: () => ({ AvailabilityZones: ['eu-central-1a', 'eu-central-1b'].map(zone) }),
      DescribeKeyPairs: () => ({
        KeyPairs: this.keyPairs.filter((pair) => unfiltered || matches(pair, { 'key-name': 'KeyName' }, Filters)),
      }),
      ImportKeyPair: () => this.importKeyPair(input as ImportKeyPairCommandInput),
      DeleteKeyPair: () => this.deleteKeyPair(input as DeleteKeyPairCommandInput),
      DescribeSecurityGroups: () => listed('SecurityGroups', this.groups, { 'group-name': 'GroupName', 'vpc-id': 'VpcId' }),
      CreateSecurityGroup: () => this.createGroup(input as CreateSecurityGroupCommandInput),
      AuthorizeSecurityGroupIngress: () => this.authorize(input as Ways),
      RevokeSecurityGroupIngress: () => this.revoke(input as Ways),
      DeleteSecurityGroup: () => this.deleteGroup(input as DeleteSecurityGroupCommandInput),
    };
    const answer = answers[action];
    if (!answer)
      throw new Refused(
        'UnauthorizedOperation',
        'You are not authorized to perform this operation. Encoded authorization failure message: 4W1',
        403,
      );
    return answer();
  }

  private fresh(kind: string): string {
    this.made += 1;
    return `${kind}-${this.made}`;
  }

  /** What a machine is made of, if all of it is there. */
  partsOf({
    ImageId,
    InstanceType,
    SubnetId,
    SecurityGroupIds = [],
    KeyName,
    BlockDeviceMappings = [],
    ...more
  }: RunInstancesCommandInput): Instance {
    const found = this.images.find((one) => one.ImageId === ImageId && one.State === 'available');
    if (!found) throw new Refused('InvalidAMIID.NotFound', `The image id '[${ImageId}]' does not exist`);
    if (!this.sizes.some((one) => one.InstanceType === InstanceType))
      throw new Refused('InvalidParameterValue', `Invalid value '${InstanceType}' for InstanceType.`);
    const subnet = this.subnets.find((one) => one.SubnetId === SubnetId);
    if (!subnet) throw new Refused('InvalidSubnetID.NotFound', `The subnet ID '${SubnetId}' does not exist`);
    if (!this.keyPairs.some((pair) => pair.KeyName === KeyName))
      throw new Refused('InvalidKeyPair.NotFound', `The key pair '${KeyName}' does not exist`);
    for (const id of SecurityGroupIds) {
      if (this.group(id).VpcId !== subnet.VpcId)
        throw new Refused('InvalidParameter', `Security group ${id} and subnet ${SubnetId} belong to different networks.`);
    }
    if (more.UserData && Buffer.from(more.UserData, 'base64').toString('base64') !== more.UserData)
      throw new Refused('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
    const lasting = (found.BlockDeviceMappings ?? []).filter(({ DeviceName, Ebs }) => {
      const told = BlockDeviceMappings.find((one) => one.DeviceName === DeviceName);
      return Ebs && !(told?.Ebs?.DeleteOnTermination ?? Ebs.DeleteOnTermination);
    });
    if (lasting.length > 0) throw new Error('A disk would outlive its machine.');
    return { ImageId, SubnetId, VpcId: subnet.VpcId, KeyName, SecurityGroups: SecurityGroupIds.map((GroupId) => ({ GroupId })) };
  }

  private describeImages({ ImageIds, Owners, Filters = [], NextToken }: DescribeImagesCommandInput, page: number): object {
    const missing = ImageIds?.find((id) => this.images.every(({ ImageId }) => ImageId !== id));
    if (missing) throw new Refused('InvalidAMIID.NotFound', `The image id '[${missing}]' does not exist`);
    const asked = this.images.filter(({ ImageId = '', OwnerId = '' }) => {
      const owned = Owners?.some((owner) => owner === OwnerId || (owner === 'self' && OwnerId === this.account)) ?? true;
      return owned && (ImageIds?.includes(ImageId) ?? true);
    });
    const all = asked.filter((one) => matches(one, { name: 'Name' }, Filters));
    const { entries, next } = pageOf(all, ImageIds ? 1000 : page, NextToken);
    return { Images: entries, NextToken: next };
  }

  private importKeyPair({ KeyName = '', PublicKeyMaterial, TagSpecifications }: ImportKeyPairCommandInput): object {
    if (this.publicKeys.has(KeyName)) throw new Refused('InvalidKeyPair.Duplicate', `The keypair '${KeyName}' already exists.`);
    this.publicKeys.set(KeyName, Buffer.from(PublicKeyMaterial ?? []).toString());
    this.keyPairs.push({ KeyName, KeyPairId: this.fresh('key'), Tags: TagSpecifications?.[0]?.Tags });
    return { KeyName };
  }

  private deleteKeyPair({ KeyName = '' }: DeleteKeyPairCommandInput): object {
    this.publicKeys.delete(KeyName);
    this.keyPairs = this.keyPairs.filter((pair) => pair.KeyName !== KeyName);
    return { Return: true };
  }

  private group(id: string | undefined): SecurityGroup {
    const found = this.groups.find(({ GroupId }) => GroupId === id);
    if (found) return found;
    throw new Refused('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  }

  private createGroup({ GroupName = '', Description, VpcId, TagSpecifications }: CreateSecurityGroupCommandInput): object {
    if (this.groups.some((group) => group.GroupName === GroupName && group.VpcId === VpcId))
      throw new Refused('InvalidGroup.Duplicate', `The security group '${GroupName}' already exists for VPC '${VpcId}'`);
    const GroupId = this.fresh('sg');
    this.groups.push({
      GroupId,
      GroupName,
      Description,
      VpcId,
      OwnerId: this.account,
      IpPermissions: [],
      Tags: TagSpecifications?.[0]?.Tags,
    });
    return { GroupId };
  }

  private authorize({ GroupId, IpPermissions = [] }: Ways): object {
    const group = this.group(GroupId);
    const there = waysIn(group.IpPermissions ?? []);
    const more = waysIn(IpPermissions);
    if (more.some((way) => there.includes(way))) throw new Refused('InvalidPermission.Duplicate', 'the specified rule already exists');
    group.IpPermissions = permissionsOf([...there, ...more]);
    return { Return: true };
  }

  private revoke({ GroupId, IpPermissions = [] }: Ways): object {
    const group = this.group(GroupId);
    const there = waysIn(group.IpPermissions ?? []);
    const fewer = waysIn(IpPermissions);
    if (fewer.some((way) => !there.includes(way)))
      throw new Refused('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    group.IpPermissions = permissionsOf(there.filter((way) => !fewer.includes(way)));
    return { Return: true };
  }

  private deleteGroup({ GroupId }: DeleteSecurityGroupCommandInput): object {
    const group = this.group(GroupId);
    const used = this.instances().some(
      ({ State, SecurityGroups = [] }) => State?.Name !== 'terminated' && SecurityGroups.some((one) => one.GroupId === GroupId),
    );
    if (used) throw new Refused('DependencyViolation', `resource ${GroupId} has a dependent object`);
    this.groups = this.groups.filter((one) => one !== group);
    return { Return: true };
  }
}

const zone = (ZoneName: string) => ({ ZoneName, State: 'available' as const });

/** What leads in, as a text for each source. */
function waysIn(permissions: readonly IpPermission[]): readonly string[] {
  return permissions.flatMap(({ IpProtocol, FromPort, ToPort, ...sources }) =>
    Object.entries(sources).flatMap(([kind, all = []]) =>
      all.map((source) => JSON.stringify([{ IpProtocol, FromPort, ToPort }, kind, Object.fromEntries(Object.entries(source).sort())])),
    ),
  );
}

/** As EC2 tells them: what has the same protocol and ports is one. */
function permissionsOf(ways: readonly string[]): IpPermission[] {
  const all = new Map<string, IpPermission>();
  for (const [ports, kind, source] of ways.map((way) => JSON.parse(way))) {
    const empty = { ...ports, IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
    const one = all.get(JSON.stringify(ports)) ?? empty;
    one[kind] = [...one[kind], source];
    all.set(JSON.stringify(ports), one);
  }
  return [...all.values()];
}
