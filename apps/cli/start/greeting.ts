import { styled } from '../screen/piece.ts';
import type { Screen } from '../screen/screen.ts';
import type { Running } from './up.ts';

/** Where Kiln is and the link that signs in. */
export async function greet(running: Running, home: string, screen: Screen): Promise<void> {
  screen.line(running.ours ? 'Kiln is running at ' : `Kiln is running already on ${home}, at `, styled('strong', running.url));
  await showLink(await running.signInLink(), screen);
}

export async function showLink(link: string, screen: Screen): Promise<void> {
  screen.line('Sign in to the dashboard with this link; it works once, within a day:');
  screen.line('  ', styled('busy', link));
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

/** Off the loopback interface, tokens travel in the clear. */
export function warnAboutHost(host: string, screen: Screen): void {
  if (!LOOPBACK.has(host))
    screen.error(styled('warning', `Others on the network may reach Kiln on ${host}, unencrypted: put it behind a proxy with TLS.`));
}
