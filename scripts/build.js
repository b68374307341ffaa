// Bundles the command line with api and worker into dist/, and the dashboard into dist/dashboard.
import { existsSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { BUILD_STAMP, ROOT, sourceHash } from './source-hash.js';

const madeFrom = sourceHash();
await rm(join(ROOT, 'dist'), { recursive: true, force: true });
await bundlePrograms().catch((error) => {
  if (error.errors) process.exit(1); // esbuild has shown each of them.
  throw error;
});
await buildDashboard();
await writeFile(BUILD_STAMP, madeFrom);

async function bundlePrograms() {
  await build({
    absWorkingDir: ROOT,
    entryPoints: { kiln: 'apps/cli/main.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    tsconfig: 'tsconfig.base.json',
    banner: { js: '#!/usr/bin/env node' },
    plugins: [installedPackagesStayOutside(), sourcesKnowTheirPlace()],
    logLevel: 'warning',
  });
  await chmod(join(ROOT, 'dist/kiln.js'), 0o755);
}

async function buildDashboard() {
  const root = join(ROOT, 'apps/dashboard');
  if (!existsSync(join(root, 'index.html'))) {
    console.error('Skipped the dashboard: apps/dashboard/index.html does not exist.');
    return;
  }
  const vite = await import('vite');
  await vite.build({ root, logLevel: 'warn', build: { outDir: join(ROOT, 'dist/dashboard'), emptyOutDir: true } });
}

/**
 * Our own packages are bundled, installed ones are imported at run time. One that npm nested below a workspace, because
 * others need another version, cannot be found from dist/ and is bundled too.
 * @returns {import('esbuild').Plugin}
 */
function installedPackagesStayOutside() {
  return {
    name: 'installed-packages-stay-outside',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, resolveDir, kind }) => {
        if (kind === 'entry-point' || path.startsWith('@kiln/') || resolveDir.includes('node_modules')) return undefined;
        const name = path
          .split('/')
          .slice(0, path.startsWith('@') ? 2 : 1)
          .join('/');
        return isNested(name, resolveDir) ? undefined : { path, external: true };
      });
    },
  };
}

/**
 * @param {string} name
 * @param {string} directory
 */
function isNested(name, directory) {
  for (let at = directory; relative(ROOT, at) !== ''; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules', name))) return true;
  }
  return false;
}

/**
 * In the bundle `import.meta.url` still means the source file, so that `new URL('./runner.sh', import.meta.url)` finds
 * the same file under tsx, in tests and from dist/.
 * @returns {import('esbuild').Plugin}
 */
function sourcesKnowTheirPlace() {
  return {
    name: 'sources-know-their-place',
    setup({ onLoad }) {
      onLoad({ filter: /\/(apps|libs)\/.*\.ts$/ }, async ({ path }) => {
        if (path.includes('/node_modules/')) return undefined;
        const place = JSON.stringify(relative(join(ROOT, 'dist'), path));
        const source = await readFile(path, 'utf8');
        return { contents: source.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`), loader: 'ts' };
      });
    },
  };
}
