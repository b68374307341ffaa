import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { inject } from 'vitest';
import { BEDS } from './prepare-beds.ts';

/** The values of a bed's env file; each bed's README says what they are. */
export type BedEnv = Readonly<Record<string, string>>;

const beds = inject('beds');
/** Why there are no SSH servers and schedulers here, for `describe.skipIf`. In CI they may not be missing. */
export const bedsMissing = allowed(beds.missing);
/** Why there are no machines here, for `describe.skipIf`. In CI they may not be missing. */
export const machinesMissing = allowed(beds.machinesMissing);

/** Why there is no OpenStack here, for `describe.skipIf`. In CI it may not be missing. */
export const cloudMissing = allowed(beds.cloudMissing);

/** An OpenStack whose machines are emulated and answer on SSH: one on the whole machine. */
export function openStackBed(): Promise<BedEnv> {
  return up('openstack', ['--real'], beds.env);
}

/** Brings up a bed that all test files of this run share; it is taken down after the last of them. */
export function bed(name: 'sshd' | 'slurm' | 'sge'): Promise<BedEnv> {
  return up(name, [], beds.env);
}

/** One SSH server on which the commands of both clusters work, as on the login node of a real one. */
export async function loginNode(): Promise<{ readonly ssh: BedEnv; readonly slurm: BedEnv; readonly sge: BedEnv }> {
  const [slurm, sge] = await Promise.all([bed('slurm'), bed('sge')]);
  const files = ['slurm', 'sge'].map((name) => join(beds.env['TESTBED_STATE'] ?? '', name, 'env'));
  return {
    ssh: await up(
      'sshd',
      files.flatMap((file) => ['--env', file]),
      beds.loginEnv,
    ),
    slurm,
    sge,
  };
}

/** A machine of its own in the network, with an SSH server; it can be treated as badly as real ones are. */
export interface TestMachine {
  readonly name: string;
  /** As of the sshd bed. */
  readonly env: BedEnv;
  /** Runs a command as root, without SSH, and resolves with what it printed. */
  exec(...argv: readonly string[]): Promise<string>;
  /** Starts it again after `kill`, with its disk. */
  up(): Promise<void>;
  /** Sudden death: no FIN, no RST. */
  kill(): Promise<void>;
  /** Sudden power cycle; resolves when the SSH server answers. */
  reboot(): Promise<void>;
  /** Takes it off the network, or puts it back; its processes go on. */
  partition(cut: boolean): Promise<void>;
  /** `delay=50ms`, `jitter=10ms`, `loss=1%`, each of both directions, or `off`. */
  netem(...settings: readonly string[]): Promise<void>;
  /** Removes it and its disk. */
  down(): Promise<void>;
}

/** `shell`: the login shell of the ordinary user; with busybox, its tools come first, too. */
export async function machine(label: string, { shell = 'bash' }: { shell?: 'bash' | 'dash' | 'busybox' } = {}): Promise<TestMachine> {
  const name = `${label}-${randomBytes(3).toString('hex')}`; // test files that run at the same time share one network
  const env = await up('hosts', [name], beds.env);
  const on = (command: string, ...args: readonly string[]) => bedCommand('hosts', command, [name, ...args], beds.env);
  const made: TestMachine = {
    name,
    env,
    exec: (...argv) => on('exec', ...argv),
    up: async () => void (await on('up')),
    kill: async () => void (await on('kill')),
    reboot: async () => void (await on('reboot')),
    partition: async (cut) => void (await on('partition', cut ? 'on' : 'off')),
    netem: async (...settings) => void (await on('netem', ...settings)),
    down: async () => void (await on('down')),
  };
  if (shell !== 'bash') {
    await made.exec('sh', '-c', SHELLS[shell]);
    await made.reboot(); // the SSH server reads its settings when it starts
  }
  return made;
}

/** What makes it somebody's login shell. */
const SHELLS = {
  dash: `usermod -s /bin/dash kiln-test`,
  busybox: `
    mkdir /usr/local/busybox && busybox --install -s /usr/local/busybox && usermod -s /usr/local/busybox/sh kiln-test &&
    printf 'Match User kiln-test\\nSetEnv PATH=/usr/local/busybox:/usr/local/bin:/usr/bin:/bin\\n' >>/etc/ssh/sshd_config`,
};

async function up(name: string, args: readonly string[], env: BedEnv): Promise<BedEnv> {
  const path = await bedCommand(name, 'up', args, env);
  // parseEnv gives Partial only by its types: a name that is there has a value.
  return parseEnv(await readFile(path.trim(), 'utf8')) as BedEnv;
}

async function bedCommand(name: string, command: string, args: readonly string[], env: BedEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(join(BEDS, name, command), args, { env: { ...process.env, ...env } });
  return stdout;
}

function allowed(missing: string | null): string | null {
  if (missing && process.env['CI']) throw new Error(`Tests need the test beds, and ${missing}.`);
  return missing;
}
