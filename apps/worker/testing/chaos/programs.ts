import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { arrayWithPoints, runnerWithPoints } from './node-points.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const ENTRIES = {
  worker: fileURLToPath(new URL('./worker-process.ts', import.meta.url)),
  api: fileURLToPath(new URL('./api-process.ts', import.meta.url)),
};

/** Where the programs lie that Kiln brings to machines. */
const BROUGHT = 'libs/platforms/runner';

/**
 * The processes' programs, each in one file: what is started hundreds of times must not be compiled each time. What workers bring to
 * machines comes to points that are armed in `control`.
 */
export async function buildPrograms(
  control: string,
): Promise<Readonly<Record<keyof typeof ENTRIES, string>> & { remove(): Promise<void> }> {
  const { build } = await import('esbuild');
  const cache = join(ROOT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'kiln-chaos-'));
  await bring(directory, control);
  await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    tsconfig: 'tsconfig.base.json',
    plugins: [oursInside(directory)],
    logLevel: 'error',
  });
  return {
    worker: join(directory, 'worker.mjs'),
    api: join(directory, 'api.mjs'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function bring(directory: string, control: string): Promise<void> {
  await cp(join(ROOT, BROUGHT), join(directory, BROUGHT), { recursive: true });
  for (const [name, change] of [
    ['runner.sh', runnerWithPoints],
    ['array.sh', arrayWithPoints],
  ] as const) {
    const file = join(directory, BROUGHT, name);
    await writeFile(file, change(await readFile(file, 'utf8'), control));
  }
}

/** Our own packages are bundled and still know where their sources lie, or what is brought to machines; installed ones are imported from where they are. */
function oursInside(directory: string): Plugin {
  return {
    name: 'ours-inside',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[^./]/ }, ({ path, resolveDir, kind }) => {
        if (kind === 'entry-point' || path.startsWith('@kiln/')) return undefined;
        const nested = !path.startsWith('node:') && !isAtTop(path, resolveDir);
        return nested ? undefined : { path, external: true };
      });
      onLoad({ filter: /\/(apps|libs)\/.*\.ts$/ }, async ({ path }) => {
        if (path.includes('/node_modules/')) return undefined;
        const isBringing = relative(ROOT, path).startsWith(`${BROUGHT}/`);
        const place = JSON.stringify(relative(isBringing ? ROOT : directory, path));
        const source = await readFile(path, 'utf8');
        return { contents: source.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`), loader: 'ts' };
      });
    },
  };
}

/** npm puts a package below a workspace if others need another version of it: from where the bundle lies it would not be found. */
function isAtTop(path: string, from: string): boolean {
  try {
    return !relative(join(ROOT, 'node_modules'), createRequire(join(from, 'x.js')).resolve(path)).startsWith('..');
  } catch {
    return true; // It has no CommonJS form; Node finds it or says so.
  }
}
