import { stdin } from 'node:process';
import { text } from 'node:stream/consumers';
import { CommandError, EXIT } from '../exit.ts';
import type { Screen } from '../screen/screen.ts';

/** Standard input to its end, without the line end that `echo` and editors add. */
export async function readSecret(option: string): Promise<string> {
  const secret = (await text(stdin)).replace(/\r?\n$/, '');
  if (secret === '') throw new CommandError(`Nothing came on standard input for ${option}.`);
  return secret;
}

/** Asks on the terminal and does not show what is typed; undefined if there is nobody to ask. */
export async function askSecret(question: string, screen: Screen): Promise<string | undefined> {
  if (!stdin.isTTY || !screen.terminal) return undefined;
  screen.live([question]);
  stdin.setRawMode(true);
  try {
    return await typed();
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    screen.live([]);
  }
}

/** Raw, the terminal gives keys as they are typed: Enter is CR, Ctrl-C and Ctrl-D are letters like any other. */
async function typed(): Promise<string> {
  let secret = '';
  stdin.setEncoding('utf8');
  for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
    for (const key of String(chunk)) {
      if (key === '\r' || key === '\n') return secret;
      if (key === '\u0003' || key === '\u0004') throw new CommandError('Nothing was done.', EXIT.interrupted);
      if (key === '\u007f' || key === '\b') secret = [...secret].slice(0, -1).join('');
      else if (key === '\u0015') secret = '';
      else secret += key;
    }
  }
  return secret;
}
