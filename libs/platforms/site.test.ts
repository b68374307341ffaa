import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { localCloud } from './clouds/local.ts';
import { siteContract } from './contract/site-contract.ts';
import { type Machines, oneMachine } from './machines.ts';
import { localShell } from './shells/local.ts';
import { createSite } from './site.ts';

async function local(machines: (directory: string) => Machines) {
  const directory = await mkdtemp(join(tmpdir(), "kiln site's "));
  const shell = localShell(process.env);
  return {
    site: createSite(machines(directory), () => shell),
    sh: async (line: string) => (await promisify(execFile)('sh', ['-c', line])).stdout,
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

siteContract('this machine', () => local((root) => oneMachine({ name: 'local', address: '', root, slots: 2 })));
siteContract('the cloud on this machine', () => local((directory) => localCloud(directory, 1)));

test('machines of the local cloud are tagged with their job, numbered, and gone after destroy', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kiln-cloud-'));
  const cloud = localCloud(directory, 1);
  const [one, other] = [
    { id: 1, connector: 'pi' },
    { id: 12, connector: 'pi' },
  ];
  await cloud.create(one, 2);
  expect((await cloud.create(one, 3)).map(({ name }) => name)).toEqual(['pi1-1', 'pi1-2', 'pi1-3']);
  await cloud.create(other, 1);
  await cloud.destroy(one);
  expect(await cloud.list(one)).toEqual([]);
  expect(await readdir(directory)).toEqual(['pi12-1']);
  await rm(directory, { recursive: true });
});
