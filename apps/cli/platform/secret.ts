import { stdin } from 'node:process';
import { text } from 'node:stream/consumers';
import type { Context } from '../context.ts';
import { CommandError, EXIT } from '../exit.ts';

/** Standard input to its end, without the line end that `echo` and editors add. */
export async function readSecret(option: string): Promise<string> {
  const secret = (await text(stdin)).replace(/\r?\n$/, '');
  if (secret === '') throw new CommandError(`Nothing came on standard input for ${option}.`);
  return secret;
}

/** Asks on the terminal and does not show what is typed; undefined if there is nobody to ask. */
export async function askSecret(question: string, { screen, signal }: Pick<Context, 'screen' | 'signal'>): Promise<string | undefined> {
  if (!stdin.isTTY || !screen.terminal) return undefined;
  stdin.setRawMode(true); // before the question, or what is typed at once would be shown
  try {
    screen.live([question]);
    return await typed(signal);
  } finally {
    stdin.pause().setRawMode(false);
    screen.live([]);
  }
}

/** Raw, the terminal gives keys as they are typed: Ctrl-C and Ctrl-D are letters like any other. */
function typed(signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let secret = '';
    const end = (settle: () => void) => {
      stdin.off('data', take);
      signal.removeEventListener('abort', stop);
      settle();
    };
    const stop = () => end(() => reject(new CommandError('Nothing was done.', EXIT.interrupted)));
    const take = (keys: Buffer | string) => {
      for (const key of String(keys)) {
        if (key === '\r' || key === '\n') return end(() => resolve(secret));
        if (key === '\u0003' || key === '\u0004') return stop();
        if (key === '\u007f' || key === '\b') secret = [...secret].slice(0, -1).join('');
        else if (key === '\u0015') secret = '';
        else secret += key;
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    stdin.setEncoding('utf8').on('data', take);
  });
}
