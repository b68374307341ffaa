import type { Cloud, CloudAccess, Finding } from '@kiln/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EC2_CLOUD, EC2_KEY } from '../testing/ec2.ts';
import { ec2Bench } from '../testing/ec2-bench.ts';
import { type CloudExamination, examineCloud } from './cloud.ts';

let bench: Awaited<ReturnType<typeof ec2Bench>>;
let kept: CloudAccess[];
beforeEach(async () => {
  [bench, kept] = [await ec2Bench(), []];
});
afterEach(() => bench.close());

function check(cloud: Partial<Cloud> = {}, how: Partial<CloudExamination> = {}) {
  return examineCloud({
    cloud: { ...EC2_CLOUD, endpoint: bench.server.url, ...cloud },
    ...{ installation: 'abcd', key: EC2_KEY, login: null, project: null, comment: 'kiln', maxNodes: 4 },
    report: async () => {},
    keep: async (access) => kept.push(access) > 0,
    signal: new AbortController().signal,
    ...how,
  });
}

const told = (findings: readonly Finding[], status: Finding['status']) =>
  findings.filter((finding) => finding.status === status).map(({ name, message }) => `${name}: ${message}`);

test('an EC2 is found ready, and the account that its key is for is kept with it', async () => {
  const { ready, facts, findings } = await check();
  expect({ ready, facts }).toMatchObject({ ready: true, facts: { cores: 2 } });
  expect(told(findings, 'ok')).toEqual([
    `Login: ${bench.server.url} lets Kiln in; 0 of its machines are there.`,
    'Image: There is lab.',
    'Size: There is t3.small.',
    'Network: There is workers.',
    "Access: Machines take Kiln's key, and SSH from 192.0.2.0/24 alone.",
    'Quota: The cloud does not tell for how many machines it has room; a job that asks for too many is told so then.',
  ]);
  expect(told(findings, 'warning')).toEqual([]); // nobody but this machine hears what is told to loopback
  expect(kept).toMatchObject([{ project: '111122223333', key: EC2_KEY }]);
  expect(bench.double.estate.keyPairs).toHaveLength(1);
  expect(bench.double.instances).toEqual([]);
});

test('ids do as well as names, and what is missing is told with what there is', async () => {
  expect(await check({ image: 'ami-0aaaaaaaaaaaaaaa3', network: 'subnet-2', zone: 'eu-central-1b' })).toMatchObject({ ready: true });
  const { ready, findings } = await check({ image: 'ami-0aaaaaaaaaaaaaaa9', size: 't3.smal', network: 'none' });
  expect(ready).toBe(false);
  expect(told(findings, 'failed')).toEqual([
    expect.stringMatching(/^Image: The cloud has no image ami-0aaaaaaaaaaaaaaa9\. There is .*lab/),
    'Size: The cloud has no size t3.smal. There is c7g.large, m7i.24xlarge, t3.small.',
    'Network: The cloud has no network none. There is elsewhere, subnet-2, workers.',
    expect.stringContaining('The cloud has no network none.'),
  ]);
});

test('a subnet in another zone is told', async () => {
  const { ready, findings } = await check({ zone: 'eu-central-1b' });
  expect(ready).toBe(false);
  expect(told(findings, 'failed')).toEqual(['Cloud: The subnet workers is in the zone eu-central-1a, not in eu-central-1b.']);
});

test('a key that is not accepted, is for another account, or may not do all that is needed ends the check', async () => {
  const wrong = await check({}, { key: { ...EC2_KEY, secretAccessKey: 'other' } });
  expect(told(wrong.findings, 'failed')).toEqual([
    expect.stringMatching(/^Login: .* does not accept Kiln's access key: .* Give another one/),
  ]);
  const other = await check({}, { project: '999' });
  expect(told(other.findings, 'failed')).toEqual([
    expect.stringMatching(/^Login: This login is for the account 111122223333 of .* is in 999\./),
  ]);
  expect([kept, bench.double.estate.keyPairs]).toEqual([[], []]);
  bench.double.faults.push({ action: 'ImportKeyPair', code: 'UnauthorizedOperation', message: 'You are not authorized.', status: 403 });
  const less = await check();
  expect(told(less.findings, 'failed')).toEqual(['Permission: The cloud refuses (UnauthorizedOperation): You are not authorized.']);
});

test('of a platform that was removed during its check nothing is made in the cloud', async () => {
  expect(await check({}, { keep: async () => false })).toMatchObject({ ready: false, facts: null });
  expect([bench.double.estate.keyPairs, bench.double.estate.groups.length]).toEqual([[], 2]);
});
