import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdtemp, readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** What test files need to know to start and use the test beds of this run. */
export interface BedsOfRun {
  /** Why there are no SSH servers and schedulers here; null if there are. */
  readonly missing: string | null;
  /** Why there are no machines here; null if there are. */
  readonly machinesMissing: string | null;
  /** Why there is no OpenStack here; null if there is. */
  readonly cloudMissing: string | null;
  /** What tells the beds' commands where their state lies and which ports they take. */
  readonly env: Readonly<Record<string, string>>;
  /** The same for the login node of the clusters, an SSH server of its own. */
  readonly loginEnv: Readonly<Record<string, string>>;
}

/** The commands of the test beds. */
export const BEDS = fileURLToPath(new URL('beds', import.meta.url));

const PROGRAMS = ['sshd', 'busybox', 'ip', 'python3', 'munged', 'slurmctld', 'slurmd', 'qsub'];
const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** Short, since the path of a socket has at most 107 bytes, and open to the user that the beds make. */
const STATES = '/tmp';
/** Each run has a block of ports below those that systems give to outgoing connections. */
const FIRST_PORT = 20_000;
const PORTS = 200;
const BLOCKS = 60;

/** Chooses where the beds of this run live, beside those of other runs. `close` takes down what was brought up. */
export async function prepareBeds(): Promise<{ readonly beds: BedsOfRun; close(): Promise<void> }> {
  const missing = whyNoBeds();
  if (missing) return { beds: { missing, machinesMissing: missing, cloudMissing: missing, env: {}, loginEnv: {} }, close: async () => {} };
  const machinesMissing = await whyNoMachines();
  const { block, guard } = await takeBlock();
  for (const state of await leftBehind(block)) await takeDown(placeOf(block, state));
  const state = await mkdtemp(join(STATES, namesOf(block)));
  await chmod(state, 0o755);
  const place = placeOf(block, state);
  return {
    beds: { missing, machinesMissing, cloudMissing: machinesMissing ?? whyNoCloud(), ...place },
    async close() {
      await takeDown(place);
      guard.close();
    },
  };
}

function whyNoBeds(): string | null {
  if (process.platform !== 'linux') return 'they need Linux';
  if (process.getuid?.() !== 0) return 'only root can start them';
  const absent = PROGRAMS.find((name) => !FOLDERS.some((folder) => existsSync(join(folder, name))));
  return absent ? `${absent} is not installed (\`npm test\` installs it on Debian and Ubuntu)` : null;
}

/** What a machine is made of; many containers forbid it. */
const TRIAL = `
  mount -t tmpfs none /tmp && mkdir /tmp/upper /tmp/work /tmp/root &&
  mount -t overlay -o lowerdir=/,upperdir=/tmp/upper,workdir=/tmp/work none /tmp/root &&
  ip link add trial type bridge && ip link add one type veth peer name other`;

function whyNoMachines(): Promise<string | null> {
  return exec('unshare', ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', 'sh', '-c', TRIAL]).then(
    () => null,
    () => 'root may not make namespaces, overlays and bridges here',
  );
}

const CLOUD = ['/usr/bin/nova-api', '/usr/bin/neutron-server', '/usr/bin/qemu-system-x86_64', '/var/cache/kiln-openstack/initrd.gz'];

function whyNoCloud(): string | null {
  const absent = CLOUD.find((path) => !existsSync(path));
  return absent ? `${absent} is not there (\`libs/testing/beds/openstack/install --real\` makes it on Debian 12)` : null;
}

/** Whoever listens on a block's first port has the block; a run that was killed has let go of it. */
async function takeBlock(): Promise<{ readonly block: number; readonly guard: Server }> {
  for (let block = 1; block <= BLOCKS; block++) {
    const guard = createServer().unref();
    const taken = await new Promise((resolve) => {
      guard.once('error', () => resolve(true));
      guard.listen(FIRST_PORT + block * PORTS, '127.0.0.1', () => resolve(false));
    });
    if (!taken) return { block, guard };
  }
  throw new Error(`Too many test runs at once: ${BLOCKS} ports from ${FIRST_PORT + PORTS} on are taken.`);
}

/** What a run that had this block and was killed could not take down. */
async function leftBehind(block: number): Promise<readonly string[]> {
  const states = (await readdir(STATES)).filter((name) => name.startsWith(namesOf(block))).map((name) => join(STATES, name));
  const owners = await Promise.all(states.map((state) => lstat(state)));
  return states.filter((_state, i) => owners[i]?.isDirectory() && owners[i].uid === 0);
}

function namesOf(block: number): string {
  return `kiln-beds-${block}-`;
}

function placeOf(block: number, state: string): Pick<BedsOfRun, 'env' | 'loginEnv'> {
  const port = FIRST_PORT + block * PORTS;
  const env = {
    TESTBED_STATE: state,
    TESTBED_SSHD_PORT: `${port + 1}`,
    TESTBED_SGE_PORT: `${port + 3}`,
    TESTBED_SLURM_PORT: `${port + 10}`,
    TESTBED_HOSTS_NET: `10.202.${block}`,
    TESTBED_HOSTS_PREFIX: `kt${block}`,
  };
  return { env, loginEnv: { ...env, TESTBED_STATE: join(state, 'login'), TESTBED_SSHD_PORT: `${port + 2}` } };
}

async function takeDown({ env, loginEnv }: Pick<BedsOfRun, 'env' | 'loginEnv'>): Promise<void> {
  const commands = [
    { bed: 'sshd', args: [], env: loginEnv },
    { bed: 'sshd', args: [], env },
    { bed: 'slurm', args: [], env },
    { bed: 'sge', args: [], env },
    { bed: 'hosts', args: ['--all'], env },
    { bed: 'openstack', args: [], env },
  ].filter(({ bed, env }) => existsSync(join(env.TESTBED_STATE ?? '', bed)));
  await Promise.all(commands.map(({ bed, args, env }) => exec(join(BEDS, bed, 'down'), args, { env: { ...process.env, ...env } })));
  await exec('rm', ['-rf', '--one-file-system', env.TESTBED_STATE ?? '']); // not fs.rm: it would go into what is still mounted
}
