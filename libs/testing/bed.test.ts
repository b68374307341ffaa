import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BedEnv, bed, bedsMissing, loginNode, machine, machinesMissing, type TestMachine } from './bed.ts';

/** What a line of shell prints on a bed's server. */
async function onServer(env: BedEnv, line: string, user = env['SSH_USER'] ?? ''): Promise<string> {
  const options = ['BatchMode=yes', 'IdentitiesOnly=yes', 'ConnectTimeout=2', `UserKnownHostsFile=${env['SSH_KNOWN_HOSTS']}`];
  const where = ['-i', env['SSH_KEY'] ?? '', '-p', env['SSH_PORT'] ?? '', `${user}@${env['SSH_HOST']}`];
  const { stdout } = await promisify(execFile)('ssh', ['-F', '/dev/null', ...options.flatMap((option) => ['-o', option]), ...where, line]);
  return stdout.trim();
}

describe.skipIf(bedsMissing)('test beds', () => {
  test('a server lets the ordinary user and root in, and is there once however many ask for it', async () => {
    const [one, other] = await Promise.all([bed('sshd'), bed('sshd')]);
    expect(other).toEqual(one);
    expect(await onServer(one, 'id -un')).toBe('kiln-test');
    expect(await onServer(one, 'id -un', 'root')).toBe('root');
  });

  test('the commands of both clusters work on the login node, which is another server', async () => {
    const [{ ssh, slurm }, again] = await Promise.all([loginNode(), loginNode()]);
    expect(again.ssh).toEqual(ssh);
    expect(ssh['SSH_PORT']).not.toBe((await bed('sshd'))['SSH_PORT']);
    expect(await onServer(ssh, 'sinfo -h -p main -o %D')).toBe(slurm['TESTBED_NODES']);
    expect(await onServer(ssh, 'qconf -sql')).toBe('main.q\nminute.q');
  });
});

describe.skipIf(machinesMissing)('machines', () => {
  let made: TestMachine;
  beforeAll(async () => {
    made = await machine('bed', { shell: 'busybox' });
  });
  afterAll(() => made.down());

  test('a machine has the login shell that was asked for', async () => {
    expect(await onServer(made.env, 'readlink /proc/$$/exe; which tar')).toBe('/usr/bin/busybox\n/usr/local/busybox/tar');
    const dash = await machine('dash', { shell: 'dash' });
    expect(await onServer(dash.env, 'readlink /proc/$$/exe; which tar')).toBe('/usr/bin/dash\n/usr/bin/tar');
    await dash.down();
  });

  test('a machine that was killed has its disk when it is up again', async () => {
    await onServer(made.env, 'echo kept >note; sync');
    await made.kill();
    await expect(onServer(made.env, 'true')).rejects.toThrow();
    await made.up();
    expect(await onServer(made.env, 'cat note')).toBe('kept');
  });

  test('a reboot is seen', async () => {
    const bootId = () => onServer(made.env, 'cat /proc/sys/kernel/random/boot_id');
    const before = await bootId();
    await made.reboot();
    expect(await bootId()).not.toBe(before);
  });

  test('a machine off the network goes on, and comes back', async () => {
    await made.netem('delay=5ms');
    await made.partition(true);
    await expect(onServer(made.env, 'true')).rejects.toThrow();
    expect(await made.exec('hostname')).toBe(`${made.name}\n`);
    await made.partition(false);
    await made.netem('off');
    expect(await onServer(made.env, 'hostname')).toBe(made.name);
  });
});
