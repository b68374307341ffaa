import { type Credential, KnownError } from '@kiln/domain';
import { openLink } from '../shells/ssh.ts';
import { shellOn } from '../shells/ssh-shell.ts';
import type { Seen } from './provider.ts';

/** Logs in on a machine that was just made, and takes the host key that it shows for its own. */
export async function greet(address: string, user: string, login: Credential): Promise<Seen> {
  const link = await openLink({ hop: { host: address, port: 22, user }, proof: login, pinned: null, through: null });
  try {
    const { stdout } = await shellOn(link).run(['sh', '-c', 'cd && pwd'], { timeout: 30_000 });
    const home = stdout.trim();
    if (!home.startsWith('/'))
      throw new KnownError('PLATFORM_UNAVAILABLE', `${address} does not say where ${user} is at home.`, { retryable: true });
    return { hostKey: `${link.hostKey.type} ${link.hostKey.fingerprint}`, home };
  } finally {
    link.close();
  }
}
