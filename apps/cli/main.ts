import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import type { Context } from './context.ts';
import { buildProgram, exitCodeOfCommander } from './program.ts';
import { Screen } from './screen/screen.ts';

const interrupted = new AbortController();
const screen = new Screen(process.stdout, process.stderr, { colours: (process.env.NO_COLOR ?? '') === '' });
const installation = findInstallation();
const context: Context = {
  environment: process.env,
  screen,
  signal: interrupted.signal,
  installation,
  async kiln({ url }) {
    const [{ Kiln }, { findAddress }] = await Promise.all([import('@kiln/client/kiln'), import('@kiln/client/address')]);
    const address = findAddress(url === undefined ? process.env : { ...process.env, KILN_URL: url });
    return new Kiln({ ...address, signal: interrupted.signal });
  },
};

for (const stream of [process.stdout, process.stderr]) {
  // `kiln jobs | head -1`: whoever read has read enough.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The first asks for an orderly end, the second ends at once.
  process.on(signal, () => (interrupted.signal.aborted ? process.exit(130) : interrupted.abort()));
}

const code = await run();
// Whoever reads the output through a pipe may be slow: what is said must be out before the end.
for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write('', resolve));
process.exit(code);

async function run(): Promise<number> {
  try {
    await buildProgram(context, versionOf(installation)).parseAsync();
    return 0;
  } catch (error) {
    screen.live([]);
    if (error instanceof CommanderError) return exitCodeOfCommander(error);
    const { report } = await import('./report.ts');
    return report(error, context);
  }
}

/** The folder with `package.json` and `payloads/`: above this file in the sources, above the bundle in `dist/`. */
function findInstallation(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'drizzle')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

function versionOf(folder: string): string {
  const value: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return typeof value === 'object' && value !== null && 'version' in value ? String(value.version) : 'unknown';
}
