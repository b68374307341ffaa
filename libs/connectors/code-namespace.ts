import { execFile } from 'node:child_process';

/**
 * What goes before a command so that it runs in a namespace of processes of its own: it sees and can signal only what it started, and
 * all of that ends with it, whatever session it is in. Nothing where the system has no such thing, or forbids it.
 * https://man7.org/linux/man-pages/man1/unshare.1.html
 */
export function namespacePrefix(): Promise<readonly string[]> {
  known ??= firstThatWorks().catch((error) => {
    known = undefined;
    throw error;
  });
  return known;
}

let known: Promise<readonly string[]> | undefined;

const UNSHARE = '/usr/bin/unshare';
const PROCESSES = ['--pid', '--fork', '--kill-child', '--mount-proc'];
/** Whoever is not root may have namespaces with users of their own. */
const WAYS = [
  [UNSHARE, ...PROCESSES],
  [UNSHARE, '--user', '--map-current-user', ...PROCESSES],
];

async function firstThatWorks(): Promise<readonly string[]> {
  for (const way of WAYS) if (await works(way)) return way;
  return [];
}

/** @throws Error if the system is too busy to tell */
function works([program = '', ...words]: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    execFile(program, [...words, '/bin/sh', '-c', 'exit 0'], { timeout: 20_000 }, (error) => {
      if (error?.killed || error?.code === 'EAGAIN') reject(error);
      else resolve(error === null);
    });
  });
}
