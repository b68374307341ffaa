import { bed, bedsMissing, machine, machinesMissing } from '@kiln/testing/bed';
import { afterAll, beforeAll, describe } from 'vitest';
import { siteContract } from './contract/site-contract.ts';
import { oneMachine } from './machines.ts';
import { createPool } from './shells/pool.ts';
import { createSite } from './site.ts';
import { sh, targetOf } from './testing/remote.ts';

describe.skipIf(bedsMissing)('over SSH', () => {
  const pool = createPool();
  afterAll(() => pool.close());

  siteContract('a server with bash', async () => {
    const shell = pool.shell(await targetOf(await bed('sshd')));
    const root = (await shell.run(['mktemp', '-d', "/tmp/kiln site's XXXXXX"])).stdout.trim();
    const site = createSite(oneMachine({ name: 'server', address: '', root, slots: 2 }), () => shell);
    return { site, sh, close: async () => void (await shell.run(['rm', '-rf', root])) };
  });
});

describe.skipIf(machinesMissing).each(['dash', 'busybox'] as const)('over SSH', (login) => {
  const pool = createPool();
  let host: Awaited<ReturnType<typeof machine>>;
  beforeAll(async () => {
    host = await machine('site', { shell: login });
  });
  afterAll(async () => {
    pool.close();
    await host.down();
  });

  siteContract(`a machine with ${login}`, async () => {
    const shell = pool.shell(await targetOf(host.env));
    const root = (await shell.run(['mktemp', '-d', "/tmp/kiln site's XXXXXX"])).stdout.trim();
    const site = createSite(oneMachine({ name: 'machine', address: '', root, slots: 2 }), () => shell);
    return { site, sh: (line) => host.exec('sh', '-c', line), close: async () => void (await shell.run(['rm', '-rf', root])) };
  });
});
