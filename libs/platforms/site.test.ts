import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { localCloud } from './clouds/local.ts';
import { archiveOf } from './contract/archive.ts';
import { batchOf, JOB, task } from './contract/on-site.ts';
import { siteContract } from './contract/site-contract.ts';
import { type Machines, oneMachine } from './machines.ts';
import { localShell } from './shells/local.ts';
import type { Shell } from './shells/shell.ts';
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

test('what is set up late is not touched when its wave was launched meanwhile', async () => {
  const root = await mkdtemp(join(tmpdir(), "kiln site's "));
  const shell = localShell(process.env);
  let meanwhile = async () => {};
  const slow: Shell = {
    ...shell,
    async run(argv, options) {
      const { input } = options ?? {};
      return shell.run(argv, { ...options, ...(argv.includes('fill') && typeof input === 'object' && { input: interrupted(input) }) });
    },
  };
  async function* interrupted(input: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const piece of input) {
      yield piece.subarray(0, 512);
      await meanwhile();
      yield piece.subarray(512);
    }
  }
  const node = { name: 'local', address: '', root, slots: 1 };
  const site = createSite(oneMachine(node), () => slow);
  const again = { attempt: 2 };
  const stage = (word: string) => site.stageIn(JOB, node, [task(1, { word }, again), task(2, {}, again)], {}, 'execute-0-0-0.');
  await site.prepare(JOB, node, {
    archive: () => archiveOf({ 'process_payload/main.sh': '' }),
    size: async () => 0,
    copied: false,
    parameters: {},
    round: 0,
  });
  await stage('one');
  meanwhile = () => site.launch(JOB, node, batchOf([task(1)], { name: 'execute-0-0-0.a' }));
  await stage('two');
  const directory = join(root, "it's7");
  expect(await readFile(join(directory, 'input_0/1/values.json'), 'utf8')).toContain('one');
  expect(await readdir(join(directory, 'output_0'))).toEqual(['1', '2']);
  const values = join(directory, '.kiln/values');
  for (const name of await readdir(values)) expect(await readFile(join(values, name), 'utf8')).not.toContain('two');
  expect((await readdir(join(directory, '.kiln'))).filter((name) => /fill|busy/.test(name))).toEqual([]);
  await site.stop(JOB, node);
  await rm(root, { recursive: true });
});

test('machines of the local cloud are tagged with their job, numbered, and gone after destroy', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kiln-cloud-'));
  const cloud = localCloud(directory, 1);
  const [one, other] = [
    { id: 1, connector: 'pi' },
    { id: 12, connector: 'pi' },
  ];
  await cloud.create(one, 2, async () => {}, []);
  expect((await cloud.create(one, 3, async () => {}, [])).machines.map(({ name }) => name)).toEqual(['pi1-1', 'pi1-2', 'pi1-3']);
  await cloud.create(other, 1, async () => {}, []);
  await cloud.destroy(one);
  expect(await cloud.list(one)).toEqual([]);
  expect(await readdir(directory)).toEqual(['pi12-1']);
  await rm(directory, { recursive: true });
});

test('machines whose making or removal was cut short are gone when the job gives its machines back', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kiln-machines-'));
  const cloud = localCloud(directory, 1);
  const other = { ...JOB, id: 77 };
  for (const job of [JOB, other]) await cloud.create(job, 2, async () => {}, []);
  const [first, second] = (await cloud.list(JOB)).map(({ name }) => name);
  await rename(join(directory, first ?? ''), join(directory, `.${first}.gone`));
  await rm(join(directory, `.${first}.gone`, 'job'));
  await rename(join(directory, second ?? ''), join(directory, `.${second}`));
  await cloud.destroy(JOB);
  expect((await readdir(directory)).sort()).toEqual((await cloud.list(other)).map(({ name }) => name));
  await rm(directory, { recursive: true });
});
