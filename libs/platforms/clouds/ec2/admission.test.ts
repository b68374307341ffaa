import { afterEach, beforeEach, expect, test } from 'vitest';
import { ec2Bench } from '../../testing/ec2-bench.ts';
import { chosen } from '../chosen.ts';

const FIRST = { job: 'pi7', number: 1, name: 'pi7-1' };
const OURS = 'kiln-abcd-ours';

let bench: Awaited<ReturnType<typeof ec2Bench>>;
beforeEach(async () => {
  bench = await ec2Bench();
});
afterEach(() => bench.close());

const groups = () => bench.double.estate.groups.filter(({ GroupName }) => GroupName === OURS);
/** What leads in. */
const ways = () =>
  groups().flatMap(({ IpPermissions = [] }) =>
    IpPermissions.flatMap(({ IpProtocol, FromPort, IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [] }) =>
      [
        ...IpRanges.map(({ CidrIp }) => CidrIp),
        ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
        ...UserIdGroupPairs.map(({ GroupId }) => GroupId),
      ].map((from) => `${IpProtocol} ${FromPort} ${from}`),
    ),
  );

test('only SSH is let in, only from where it was said, and what others opened is closed', async () => {
  await bench.provider().admit();
  expect(ways()).toEqual(['tcp 22 192.0.2.0/24']);
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
  groups()[0]?.IpPermissions?.splice(
    ...([0, 1] as const),
    {
      ...ssh,
      IpRanges: [{ CidrIp: '192.0.2.0/24' }, { CidrIp: '0.0.0.0/0' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    },
    {
      IpProtocol: '-1',
      IpRanges: [{ CidrIp: '0.0.0.0/0' }],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [{ GroupId: 'sg-9', UserId: '1' }],
    },
  );
  await bench.provider().admit();
  expect(ways()).toEqual(['tcp 22 192.0.2.0/24']);
  await bench.provider({ cloud: { sourceRange: '2001:db8::/32' } }).admit();
  expect(ways()).toEqual(['tcp 22 2001:db8::/32']);
  await bench.provider({ cloud: { sourceRange: '198.51.100.0/24' } }).create(FIRST);
  expect(ways()).toEqual(['tcp 22 198.51.100.0/24']);
});

test('a key that was made anew takes the place of the one before', async () => {
  await bench.provider().admit();
  await bench.provider({ publicKey: 'ssh-ed25519 BBBB kiln' }).admit();
  expect([...bench.double.estate.publicKeys]).toEqual([[OURS, 'ssh-ed25519 BBBB kiln']]);
  await bench.provider({ publicKey: 'ssh-ed25519 BBBB another comment' }).admit();
  expect([bench.asked('ImportKeyPair').length, bench.asked('DeleteKeyPair').length]).toEqual([2, 1]);
});

test('what has the name of ours and bears no mark is not used, and not touched', async () => {
  const { estate } = bench.double;
  estate.keyPairs.push({ KeyName: OURS, Tags: [] });
  await expect(bench.provider().create(FIRST)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('key pair') });
  estate.keyPairs = [];
  estate.groups.push({ GroupId: 'sg-9', GroupName: OURS, VpcId: 'vpc-1', OwnerId: estate.account, IpPermissions: [], Tags: [] });
  await expect(bench.provider().admit()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('security group') });
  await bench.provider().withdraw();
  expect([groups().length, ways()]).toEqual([1, []]);
});

test('what lets Kiln in cannot go while machines go, and then does, wherever it is', async () => {
  await bench.provider().create(FIRST);
  await bench.provider({ cloud: { network: 'elsewhere' } }).admit();
  expect(groups().map(({ VpcId }) => VpcId)).toEqual(['vpc-1', 'vpc-2']);
  await bench.provider().destroy('i-00000000000000001');
  await expect(bench.provider().withdraw()).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
  for (let i = 0; i < 2; i += 1) await bench.provider().list();
  await bench.provider().withdraw();
  expect([groups(), bench.double.estate.keyPairs]).toEqual([[], []]);
});

test('what two workers make at the same time is there once', async () => {
  await Promise.all([1, 2, 3].map(() => bench.provider().admit()));
  expect([groups().length, bench.double.estate.keyPairs.length, ways().length]).toEqual([1, 1, 1]);
});

test('at Amazon, the name of an image counts only if its owner is known; elsewhere several of a name are refused', async () => {
  const image = 'debian-12-amd64-20260101';
  await bench.provider({ amazon: true, cloud: { image } }).create(FIRST);
  expect(bench.asked('RunInstances')).toMatchObject([{ ImageId: 'ami-0aaaaaaaaaaaaaaa1' }]);
  const elsewhere = bench.provider({ cloud: { image } }).create(FIRST);
  await expect(elsewhere).rejects.toMatchObject({ message: expect.stringContaining('ami-0aaaaaaaaaaaaaaa1, ami-0aaaaaaaaaaaaaaa3') });
  await bench.provider({ amazon: true, installation: 'byid', cloud: { image: 'ami-0aaaaaaaaaaaaaaa3' } }).create(FIRST);
  expect(bench.asked('RunInstances').at(-1)).toMatchObject({ ImageId: 'ami-0aaaaaaaaaaaaaaa3' });
  for (const unknown of ['ami-0aaaaaaaaaaaaaaa9', 'ami-0aaaaaaaaaaaaaaa7', 'twice', 'debian*', 'half made']) {
    const refused = bench.provider({ amazon: true, cloud: { image: unknown } }).create(FIRST);
    await expect(refused).rejects.toMatchObject({ code: 'BAD_INPUT', retryable: false, message: expect.stringContaining(unknown) });
  }
});

test('own images and well known ones are there to choose from, the newest first, and the one that was chosen', async () => {
  const provider = bench.provider({ amazon: true, cloud: { image: 'ami-0aaaaaaaaaaaaaaa3' } });
  const { images, sizes, networks, zones } = await provider.choices();
  expect(images.map(({ id }) => id.at(-1))).toEqual(['3', '4', '5', '6', '2', '1']);
  expect(chosen('size', sizes, 'm7i.24xlarge')).toMatchObject({ cores: 96, memory: 393_216 });
  expect([networks.map(({ name }) => name), zones.map(({ name }) => name)]).toEqual([
    ['workers', 'subnet-2', 'elsewhere'],
    ['eu-central-1a', 'eu-central-1b'],
  ]);
});

test('the subnet says in which zone machines are made', async () => {
  await bench.provider({ cloud: { zone: 'eu-central-1a' } }).create(FIRST);
  const wrong = bench.provider({ cloud: { zone: 'eu-central-1b' } }).create(FIRST);
  await expect(wrong).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: 'The subnet workers is in the zone eu-central-1a, not in eu-central-1b.',
  });
});
