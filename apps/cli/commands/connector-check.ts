import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkConnector, type Finding } from '@kiln/connectors/doctor';
import type { Context } from '../context.ts';
import { CommandError, Ended, EXIT } from '../exit.ts';
import { type Meaning, styled } from '../screen/piece.ts';
import { homeFrom } from '../start/options.ts';
import { payloadFolders } from '../start/payload-folders.ts';

export interface CheckOptions {
  readonly home?: string;
  readonly json?: boolean;
}

const MEANINGS: Readonly<Record<Finding['level'], Meaning>> = { ok: 'good', warning: 'warning', error: 'bad' };

export async function run(which: string, options: CheckOptions, context: Context): Promise<void> {
  const { screen } = context;
  const home = homeFrom(options, context);
  const folder = findFolder(which, home, context.installation);
  const findings = await checkConnector(folder, join(home, 'cache'));
  if (options.json) screen.json({ folder, findings });
  else for (const { level, message } of findings) screen.line(styled(MEANINGS[level], level.padEnd(7)), '  ', message);
  if (findings.some(({ level }) => level === 'error')) throw new Ended(EXIT.failed);
}

function findFolder(which: string, home: string, installation: string): string {
  const known = payloadFolders({ installation, home, payloads: [] });
  const names = [which, `payload_${which.replaceAll('-', '_')}`];
  const below = known.flatMap((folder) => names.map((name) => join(folder, name)));
  const folders = /[/\\]|^\.+$/.test(which) ? [resolve(which)] : [...below, resolve(which)];
  const found = folders.find((folder) => existsSync(folder));
  if (found) return found;
  throw new CommandError(`There is no connector ${which}: looked in ${folders.join(', ')}.`);
}
