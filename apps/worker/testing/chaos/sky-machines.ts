import { appendFile } from 'node:fs/promises';
import { machine, type TestMachine } from '@kiln/testing/bed';

/** Machines of the test bed that are rented out: off when nobody has them, and like new to everybody who gets one. */
export interface SkyMachines {
  /** Who logs in there. */
  readonly user: string;
  /** One that nobody has; null if there is none. It is off. */
  take(): TestMachine | null;
  /** Starts one for whoever has these keys. */
  start(taken: TestMachine, keys: readonly string[]): Promise<void>;
  /** Switches it off as a cloud does, without a word to those who are logged in. What its tasks noted is kept. */
  giveBack(taken: TestMachine): Promise<void>;
  close(): Promise<void>;
}

/** Where tasks note that they began, as each machine has it. */
export function effectsOn(user: string): string {
  return `/home/${user}/effects`;
}

/** `effects`: the file to which is brought what tasks noted on each. */
export async function skyMachines(count: number, effects: string): Promise<SkyMachines> {
  const all = await Promise.all(Array.from({ length: count }, () => machine('sky')));
  const user = all[0]?.env['SSH_USER'] ?? '';
  const free: TestMachine[] = [];

  async function giveBack(taken: TestMachine): Promise<void> {
    await appendFile(effects, await taken.exec('sh', '-c', LAST, 'sh', effectsOn(user)));
    await taken.kill();
    free.push(taken);
  }

  await Promise.all(all.map(giveBack));
  return {
    user,
    take: () => free.shift() ?? null,
    async start(taken, keys) {
      await taken.up();
      await taken.exec('sh', '-ec', FIRST, 'sh', user, ...keys);
    },
    giveBack,
    close: async () => void (await Promise.all(all.map((one) => one.down()))),
  };
}

/** The next one at this address is another machine, so it shows another host key. */
const LAST = `
  cat "$1" 2>/dev/null
  rm -f "$1" "\${1%/*}/.ssh/authorized_keys" /etc/ssh/kiln_host_key*
  ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/kiln_host_key`;

const FIRST = `
  user=$1 && shift && cd "/home/$user"
  rm -rf .kiln
  printf '%s\\n' "$@" >.ssh/authorized_keys
  chown "$user:" .ssh/authorized_keys`;
