import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BedEnv, bed, bedsMissing, machine, machinesMissing, type TestMachine } from '@kiln/testing/bed';
import { keyPair } from '@kiln/testing/key-pair';
import { sshServer } from '@kiln/testing/ssh-server';
import { afterAll, beforeAll, describe } from 'vitest';
import { shellContract } from '../contract/shell-contract.ts';
import { sh, target, targetOf } from '../testing/remote.ts';
import { createPool, type Pool } from './pool.ts';

let pool: Pool;
beforeAll(() => {
  pool = createPool();
});
afterAll(() => pool.close());

shellContract('an SSH server in this process', async (signal) => {
  const directory = await mkdtemp(join(tmpdir(), "kiln shell's "));
  const key = keyPair();
  const server = await sshServer({ directory, publicKey: key.public, maxSessions: 10 });
  const own = createPool();
  const connection = { host: '127.0.0.1', port: server.port, user: 'ann', jumps: [] };
  return {
    shell: own.shell(await target(connection, { privateKey: key.private, passphrase: null }), signal),
    directory,
    sh,
    async close() {
      own.close();
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
});

describe.skipIf(bedsMissing)('OpenSSH', () => {
  shellContract('with bash', async (signal) => {
    const shell = pool.shell(await targetOf(await bed('sshd')), signal);
    const directory = await mkdtemp(join(tmpdir(), "kiln shell's "));
    await chmod(directory, 0o777);
    return { shell, directory, sh, close: () => rm(directory, { recursive: true }) };
  });
});

describe.skipIf(machinesMissing).each(['dash', 'busybox'] as const)('OpenSSH where everybody has %s', (login) => {
  let host: TestMachine;
  let env: BedEnv;
  beforeAll(async () => {
    host = await machine('shell', { shell: login });
    env = host.env;
  });
  afterAll(async () => {
    pool.close(); // the next machine may have the same address
    await host.down();
  });

  shellContract(`with ${login}`, async (signal) => {
    const shell = pool.shell(await targetOf(env), signal);
    const directory = (await host.exec('mktemp', '-d', "/tmp/kiln shell's XXXXXX")).trim();
    await host.exec('chmod', '777', directory);
    return {
      shell,
      directory,
      sh: (line) => host.exec('sh', '-c', line),
      close: async () => void (await host.exec('rm', '-rf', directory)),
    };
  });
});
