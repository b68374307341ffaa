import { mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const ENTRIES = {
  worker: fileURLToPath(new URL('./worker-process.ts', import.meta.url)),
  api: fileURLToPath(new URL('./api-process.ts', import.meta.url)),
};

/** The processes' programs, each in one file: what is started hundreds of times must not be compiled each time. */
export async function buildPrograms(): Promise<Readonly<Record<keyof typeof ENTRIES, string>> & { remove(): Promise<void> }> {
  const { build } = await import('esbuild');
  const directory = join(ROOT, 'node_modules/.cache', `kiln-chaos-${process.pid}`);
  await mkdir(directory, { recursive: true });
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

/** Our own packages are bundled and still know where their sources lie; installed ones are imported from where they are. */
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
        const place = JSON.stringify(relative(directory, path));
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
