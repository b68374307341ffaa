import type { DescribeImagesCommandInput, Image, Subnet } from '@aws-sdk/client-ec2';
import { type Cloud, type CloudPlace, KnownError } from '@kiln/domain';
import { chosen } from '../chosen.ts';
import type { Choice, Choices, Size } from '../provider.ts';
import { listed } from './pages.ts';
import type { Session } from './session.ts';
import { tagIn } from './tags.ts';

/** As many images of others as are shown, newest first: Amazon has tens of thousands. */
const MOST_IMAGES = 300;
/** Entries of a page. */
const SIZES = 100;
const OTHERS = 1000;

/**
 * Whose images are known by name, as anybody may call an image so: Amazon, Debian (https://wiki.debian.org/Cloud/AmazonEC2Image), and Ubuntu
 * (https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/; also of China and of the government).
 */
const KNOWN_OWNERS = ['amazon', '136693071363', '099720109477', '837727238323', '513442679011'];
const KNOWN_NAMES = ['al2023-ami-2023.*', 'debian-1?-*', 'ubuntu/images/hvm-ssd*/ubuntu-*-??.04-*-server-*'];

/** Of images: one's own, some that are well known, and the `wanted` one, which may be blank. Elsewhere than at Amazon there are few enough to show all. */
export async function choicesOf(session: Session, cloud: CloudPlace, image: string, signal: AbortSignal): Promise<Choices> {
  const [wanted, own, others, sizes, subnets, zones] = await Promise.all([
    image === '' ? [] : imagesLike(session, cloud, image, signal),
    images(session, { Owners: ['self'] }, signal),
    images(session, cloud.endpoint === '' ? { Owners: KNOWN_OWNERS, Filters: [{ Name: 'name', Values: KNOWN_NAMES }] } : {}, signal),
    sizesOf(session, signal),
    subnetsOf(session, signal),
    zonesOf(session, signal),
  ]);
  const all = [...wanted, ...newestFirst(own), ...newestFirst(others).slice(0, MOST_IMAGES)];
  return {
    images: [...new Map(all.map((image) => [image.ImageId, choiceOf(image)])).values()],
    sizes,
    networks: subnets.map(networkOf),
    zones,
  };
}

/** By its id, whosever it is, or by its name, of an owner that is trusted. */
async function imagesLike(session: Session, { endpoint }: CloudPlace, image: string, signal: AbortSignal): Promise<readonly Image[]> {
  if (/^[a-z]+-[0-9a-f]+$/.test(image)) return images(session, { ImageIds: [image] }, signal);
  const Filters = [{ Name: 'name', Values: [image.replaceAll(/[\\*?]/g, '\\$&')] }];
  return images(session, endpoint === '' ? { Filters, Owners: ['self', ...KNOWN_OWNERS] } : { Filters }, signal);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
async function images(session: Session, input: DescribeImagesCommandInput, signal: AbortSignal): Promise<readonly Image[]> {
  const all = await listed(
    session,
    ({ paginateDescribeImages }, config, options) =>
      paginateDescribeImages({ ...config, ...(!input.ImageIds && { pageSize: OTHERS }) }, input, options),
    ({ Images }) => Images,
    signal,
    /^InvalidAMIID\./,
  );
  return all.filter(({ ImageId, State }) => ImageId && State === 'available');
}

function newestFirst(all: readonly Image[]): readonly Image[] {
  return [...all].sort((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''));
}

function choiceOf({ ImageId = '', Name }: Image): Choice {
  return { id: ImageId, name: Name || ImageId };
}

async function sizesOf(session: Session, signal: AbortSignal): Promise<readonly Size[]> {
  const all = await listed(
    session,
    ({ paginateDescribeInstanceTypes }, config, options) => paginateDescribeInstanceTypes({ ...config, pageSize: SIZES }, {}, options),
    ({ InstanceTypes }) => InstanceTypes,
    signal,
  );
  return all.map(({ InstanceType: id = '', VCpuInfo, MemoryInfo }) => ({
    ...{ id, name: id },
    ...{ cores: VCpuInfo?.DefaultVCpus ?? 1, memory: MemoryInfo?.SizeInMiB ?? 0 },
  }));
}

function subnetsOf(session: Session, signal: AbortSignal): Promise<readonly Subnet[]> {
  return listed(
    session,
    ({ paginateDescribeSubnets }, config, options) => paginateDescribeSubnets({ ...config, pageSize: OTHERS }, {}, options),
    ({ Subnets }) => Subnets,
    signal,
  );
}

type Network = Choice & Pick<Subnet, 'VpcId' | 'AvailabilityZone'>;

function networkOf(subnet: Subnet): Network {
  const { SubnetId: id = '', VpcId, AvailabilityZone } = subnet;
  return { id, name: tagIn(subnet, 'Name') || id, VpcId, AvailabilityZone };
}

async function zonesOf(session: Session, signal: AbortSignal): Promise<readonly Choice[]> {
  const answer = await session.call(
    (client, { DescribeAvailabilityZonesCommand }, options) => client.send(new DescribeAvailabilityZonesCommand({}), options),
    signal,
  );
  const all = (answer?.AvailabilityZones ?? []).filter(({ State }) => State === 'available');
  return all.flatMap(({ ZoneName }) => (ZoneName ? [{ id: ZoneName, name: ZoneName }] : []));
}

/** A subnet is in one zone, so that it decides where machines are made. */
export async function networkFor(session: Session, { network, zone }: Cloud, signal: AbortSignal): Promise<Network> {
  const found = chosen('network', (await subnetsOf(session, signal)).map(networkOf), network);
  if (zone === '' || found.AvailabilityZone === zone) return found;
  throw new KnownError('BAD_INPUT', `The subnet ${network} is in the zone ${found.AvailabilityZone}, not in ${zone}.`);
}

/** A name is looked up each time, as an image may be replaced by a newer one of its name; what there is else is asked for only if it is missing. */
export async function imageFor(
  session: Session,
  cloud: Cloud,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly disks: string[] }> {
  const found = await imagesLike(session, cloud, cloud.image, signal);
  const all = found.length > 0 ? found.map(choiceOf) : (await choicesOf(session, cloud, cloud.image, signal)).images;
  const { id } = chosen('image', all, cloud.image);
  const mappings = found.find(({ ImageId }) => ImageId === id)?.BlockDeviceMappings ?? [];
  return { id, disks: mappings.flatMap(({ DeviceName, Ebs }) => (DeviceName && Ebs ? [DeviceName] : [])) };
}
