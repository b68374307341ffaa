import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { BEDS, prepareBeds } from '@kiln/testing/prepare-beds';

/** What the test beds' env files say. */
type BedEnv = Readonly<Record<string, string>>;

/** An SSH server on loopback, and OpenSSH set up to reach it. */
export interface SshBed {
  readonly env: BedEnv;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  /** A directory for the user, on the file system that `TMPDIR` says for all else. */
  readonly root: string;
  /** An ssh command that needs nothing but the host `bench`; all that use it share one connection. */
  readonly client: readonly string[];
}

export interface BenchBeds {
  readonly ssh: SshBed;
  /** Its login node is the SSH server; null if nobody asked for it. */
  readonly slurm: BedEnv | null;
  close(): Promise<void>;
}

/** Brings up servers of its own; resolves with the reason if there can be none. */
export async function bringUp(home: string, withSlurm: boolean): Promise<BenchBeds | string> {
  const { beds, close } = await prepareBeds();
  if (beds.missing) return beds.missing;
  try {
    const slurm = withSlurm ? up('slurm', [], beds.env) : null;
    const ssh = up('sshd', slurm ? ['--env', slurm.file] : [], beds.env);
    const bed = sshBed(home, ssh.env);
    const ask = (...args: readonly string[]) => execFileSync('ssh', [...bed.client.slice(1), ...args], { stdio: 'ignore' });
    ask('bench', 'true'); // opens the connection that all share
    return {
      ssh: bed,
      slurm: slurm?.env ?? null,
      async close() {
        ask('-O', 'exit', 'bench');
        await close();
        rmSync(bed.root, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function up(name: string, args: readonly string[], place: BedEnv): { readonly file: string; readonly env: BedEnv } {
  const file = execFileSync(join(BEDS, name, 'up'), args, { env: { ...process.env, ...place }, encoding: 'utf8' }).trim();
  // parseEnv gives Partial only by its types: a name that is there has a value.
  return { file, env: parseEnv(readFileSync(file, 'utf8')) as BedEnv };
}

function sshBed(home: string, env: BedEnv): SshBed {
  const { SSH_HOST = '', SSH_PORT = '', SSH_USER = '', SSH_KEY = '', SSH_KNOWN_HOSTS = '' } = env;
  const folder = join(home, 'ssh');
  mkdirSync(folder);
  chmodSync(folder, 0o700);
  const config = join(folder, 'config');
  const lines = [
    'Host bench',
    `HostName ${SSH_HOST}`,
    `Port ${SSH_PORT}`,
    `User ${SSH_USER}`,
    `IdentityFile ${SSH_KEY}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${SSH_KNOWN_HOSTS}`,
    'ControlMaster auto',
    `ControlPath ${join(folder, 'socket')}`,
    'ControlPersist yes',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const root = mkdtempSync(join(tmpdir(), 'kiln-bench-remote-'));
  chmodSync(root, 0o777);
  return { env, root, port: Number(SSH_PORT), user: SSH_USER, privateKey: readFileSync(SSH_KEY, 'utf8'), client: ['ssh', '-F', config] };
}
