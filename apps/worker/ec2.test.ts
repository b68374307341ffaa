import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { cloudCredential } from '@kiln/db/clouds';
import { deletePlatform } from '@kiln/db/move-platform';
import { listRentedMachines } from '@kiln/db/rented-machines';
import { requestCancel } from '@kiln/db/submit';
import type { Cloud } from '@kiln/domain';
import { openCloud } from '@kiln/platforms/clouds/open-cloud';
import type { CloudProvider } from '@kiln/platforms/clouds/provider';
import { createKey } from '@kiln/platforms/shells/ssh';
import { EC2_CLOUD, EC2_KEY } from '@kiln/platforms/testing/ec2';
import { machinesMissing } from '@kiln/testing/bed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeyring } from './keyring.ts';
import { ec2WithMachines } from './testing/ec2-with-machines.ts';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';

describe.skipIf(machinesMissing)('an EC2', { timeout: 400_000 }, () => {
  let kiln: Awaited<ReturnType<typeof installation>>;
  let ec2: Awaited<ReturnType<typeof ec2WithMachines>>;
  let cloud: Cloud;
  /** Looks and acts as Kiln does, with a mark. */
  let providerOf: (mark: string) => CloudProvider;
  let mark: string;

  beforeAll(async () => {
    [kiln, ec2] = await Promise.all([installation(), ec2WithMachines()]);
    cloud = { ...EC2_CLOUD, endpoint: ec2.server.url, user: 'kiln-test', bootTimeout: 120, pricePerHour: 0.02 };
    providerOf = (installation) =>
      openCloud(cloud, EC2_KEY).provider({ cloud, installation, publicKey: createKey('tested').publicKey }, new AbortController().signal);
    ({ installation: mark } = await openKeyring(kiln.db, kiln.home));
    await kiln.worker({ reaping: 1 });
    await cp('payloads/randnum-internal-sweep', join(kiln.home, 'payloads/randnum-internal-sweep'), { recursive: true });
  });
  afterAll(async () => {
    await kiln?.close();
    await ec2?.close();
    expect(ec2?.server.complaints).toEqual([]);
  });

  const submit = () => kiln.submit('randnum-internal-sweep', 'sky', { nodes: 2, minimum_nodes: 2, sweep: { var: [1, 2] } });
  /** Of these nothing tells: they are looked at until they are so. */
  const soon = { timeout: 300_000, interval: 200 };

  test('is found ready', async () => {
    const sky = await registered(kiln.db, kiln.user.id, { name: 'sky', kind: 'cloud', cloud, maxNodes: 4, enrolment: EC2_KEY });
    expect(sky.findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(sky).toMatchObject({ state: 'ready', slots: 2 });
  });

  test('a job has two machines, a task on each, its outputs come home, and both are gone', async () => {
    const id = await submit();
    const { job, nodes } = await kiln.ended(id);
    expect(job).toMatchObject({ status: 'succeeded', ending: null });
    expect(nodes.map(({ state }) => state)).toEqual(['destroyed', 'destroyed']);
    const directory = `randnum-internal-sweep${id}`;
    for (const task of [1, 2]) expect(await kiln.output(`${directory}/output/${task}/rand`)).toMatch(/^0\.\d{10}\n0\.\d{10}\n$/);
    expect([ec2.double.instances.length, ec2.double.there]).toEqual([2, []]);
    expect(await listRentedMachines(kiln.db, kiln.user.id)).toEqual([]);
  });

  test('a job that is cancelled while its machines come up leaves none', async () => {
    ec2.state.boots = false;
    const id = await submit();
    await expect.poll(() => listRentedMachines(kiln.db, kiln.user.id), soon).toHaveLength(2);
    await requestCancel(kiln.db, id);
    expect((await kiln.ended(id)).job.status).toBe('cancelled');
    expect(ec2.double.there).toEqual([]);
    ec2.state.boots = true;
  });

  test('a job for which there is no room fails with what EC2 says, and none is left', async () => {
    ec2.double.limit = 1;
    const { job } = await kiln.ended(await submit());
    expect(job).toMatchObject({ status: 'failed', ending: { message: expect.stringContaining('VcpuLimitExceeded') } });
    expect(ec2.double.there).toEqual([]);
    ec2.double.limit = 100;
  });

  test('a machine whose job has ended is given back, and one of another installation stays', async () => {
    ec2.state.boots = false;
    const other = providerOf('another1');
    await Promise.all([
      other.create({ job: 'gone9', number: 1, name: 'theirs' }),
      providerOf(mark).create({ job: 'gone9', number: 1, name: 'gone9-1' }),
    ]);
    await expect.poll(() => providerOf(mark).list(), soon).toEqual([]);
    expect((await other.list()).map(({ name }) => name)).toEqual(['gone9-1']);
  });

  test('what lets Kiln in goes with the platform', async () => {
    await deletePlatform(kiln.db, 'sky');
    await expect.poll(() => cloudCredential(kiln.db, 'sky (removed)'), soon).toBeNull();
    const left = [
      ...ec2.double.estate.keyPairs.map(({ KeyName }) => KeyName),
      ...ec2.double.estate.groups.map(({ GroupName }) => GroupName),
    ];
    expect(left.sort()).toEqual(['default', 'default', 'kiln-another1-ours', 'kiln-another1-ours']);
  });
});
