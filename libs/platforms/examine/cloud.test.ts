import type { Cloud, CloudAccess, Finding } from '@kiln/domain';
import { beforeEach, expect, test } from 'vitest';
import { CLOUD, OpenStackDouble } from '../testing/open-stack.ts';
import { type CloudExamination, examineCloud } from './cloud.ts';

let double: OpenStackDouble;
let kept: CloudAccess[];
beforeEach(() => {
  [double, kept] = [new OpenStackDouble(), []];
});

function check(cloud: Partial<Cloud> = {}, how: Partial<CloudExamination> = {}) {
  return examineCloud({
    cloud: { ...CLOUD, ...cloud },
    installation: 'abcd',
    key: { kind: 'application-credential', id: 'i', secret: 's' },
    ...{ login: null, project: null, comment: 'kiln', maxNodes: 4 },
    report: async () => {},
    keep: async (access) => kept.push(access) > 0,
    signal: new AbortController().signal,
    ask: double.ask,
    ...how,
  });
}

const failed = (findings: readonly Finding[]) => findings.filter(({ status }) => status === 'failed').map(({ message }) => message);

test('the project that a login is for is kept with it', async () => {
  expect(await check()).toMatchObject({ ready: true, facts: { cores: 2 } });
  expect(kept).toMatchObject([{ project: 'p1', key: { id: 'i' } }]);
});

test('a login for another project than before is refused, and not kept', async () => {
  double.project = 'p2';
  const { ready, findings, facts } = await check({}, { project: 'p1' });
  expect([ready, facts, kept]).toEqual([false, null, []]);
  expect(failed(findings)[0]).toContain('is for the project p2');
  expect([double.keyPairs.size, double.groups]).toEqual([0, []]);
});

test('ids do as well as names, and a name that several have does not', async () => {
  expect(await check({ image: 'i2', size: 'f1', network: 'n1' })).toMatchObject({ ready: true, facts: { cores: 2 } });
  const { ready, findings } = await check({ image: 'twice', zone: 'mars' });
  expect(ready).toBe(false);
  expect(failed(findings)).toEqual([
    'The cloud has several images called twice; give the id of one: i2, i3.',
    'The cloud has no zone mars. There is nova.',
  ]);
});

test('the network that floating addresses are of is looked for among those that lead out', async () => {
  const told = ({ findings }: { findings: readonly Finding[] }) => findings.find(({ name }) => name === 'Floating network')?.message;
  expect(told(await check())).toBeUndefined();
  expect(told(await check({ floatingNetwork: 'n2' }))).toBe('There is n2.');
  const wrong = await check({ floatingNetwork: 'private' });
  expect([wrong.ready, told(wrong)]).toEqual([false, 'The cloud has no floating network private. There is public.']);
});

test('of a platform that was removed during its check nothing is made in the cloud', async () => {
  expect(await check({}, { keep: async () => false })).toMatchObject({ ready: false, facts: null });
  expect([double.keyPairs.size, double.groups]).toEqual([0, []]);
});

test('an address in the catalog that is none ends the check, and one that is not encrypted is told', async () => {
  for (const wrong of ['network', 'http://', 'file:///network']) {
    double.networkUrl = wrong;
    expect(failed((await check()).findings)[0]).toContain('no usable address for its network service');
  }
  double.networkUrl = 'http://cloud.example.org/network';
  const { ready, findings } = await check();
  expect(ready).toBe(true);
  expect(findings.find(({ name }) => name === 'Encryption')).toMatchObject({ status: 'warning' });
});
