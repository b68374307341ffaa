import { PLATFORM_ACTIONS, type PlatformAction } from '@kiln/domain';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
import { followCheck } from '../platform/follow-check.ts';
import { askSecret, readSecret } from '../platform/secret.ts';

export interface AskOptions {
  readonly password?: boolean;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

export function isAction(name: string): name is PlatformAction {
  return PLATFORM_ACTIONS.some((action) => action === name);
}

/** Asks a worker to look at a platform, and follows what it finds. */
export async function run(action: PlatformAction, name: string, options: AskOptions, context: Context): Promise<void> {
  const { platforms } = await context.kiln(options);
  if (action === 'check') await platforms.check(name);
  else if (action === 'repin') await platforms.repin(name);
  else await platforms.rotateKey(name, await passwordOf(options, context));
  await followCheck(platforms, name, context, options);
}

async function passwordOf({ password, passwordStdin }: AskOptions, context: Context): Promise<string | undefined> {
  if (passwordStdin) return readSecret('--password-stdin');
  if (!password) return undefined;
  const typed = await askSecret('Password: ', context);
  if (typed === undefined) throw new CommandError('Nobody can be asked for a password here: give --password-stdin.');
  return typed;
}
