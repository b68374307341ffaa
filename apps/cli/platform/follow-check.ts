import type { Platform, Platforms } from '@kiln/client/kiln';
import type { Context } from '../context.ts';
import { Ended, EXIT } from '../exit.ts';
import { status, styled } from '../screen/piece.ts';
import { reach } from './reach.ts';

interface Options {
  readonly json?: boolean;
  /** Standing in the way of nothing: somebody has to install the key first. */
  readonly showKey?: boolean;
}

/** Follows a check to its end, printing what it finds as it comes; ends with 1 if that stands in the way of jobs. */
export async function followCheck(platforms: Platforms, name: string, { screen }: Context, options: Options): Promise<void> {
  const printed = new Set<string>();
  const platform = await platforms.checked(name, ({ findings, state }) => {
    if (options.json) return;
    for (const { name: what, status: how, message } of findings) {
      const line = JSON.stringify([what, how, message]);
      if (!printed.has(line)) screen.line(status(how), '  ', styled('strong', what), `: ${message}`);
      printed.add(line);
    }
    screen.live(state === 'checking' ? [styled('quiet', `Checking ${name} …`)] : []);
  });
  if (options.json) screen.json(platform);
  else if (options.showKey && platform.publicKey !== null && platform.state !== 'ready') return sayKey(platform, screen);
  else if (platform.state === 'ready' && platform.url !== null)
    screen.line(
      styled('strong', name),
      ' is ',
      status('ready'),
      `: \`kiln ls ${name}:\` shows what is there, and jobs take input from it.`,
    );
  else if (platform.state === 'ready')
    screen.line(styled('strong', name), ' is ', status('ready'), `: \`kiln submit CONNECTOR --platform ${name}\` runs there.`);
  else screen.line(styled('strong', name), ' is ', styled('bad', 'not ready'), ': what is marked failed stands in the way.');
  if (platform.state !== 'ready' && !options.showKey) throw new Ended(EXIT.failed);
}

function sayKey({ name, connection, publicKey }: Platform, screen: Context['screen']): void {
  const where = connection ? ` of ${reach(connection)}` : '';
  screen.line(`Add this line to ~/.ssh/authorized_keys${where}, then say \`kiln platform check ${name}\`:`);
  screen.line(publicKey ?? '');
}
