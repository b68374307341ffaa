import { posix } from 'node:path';
import * as domain from '@kiln/domain';
import type { Loader, Message, Plugin } from 'esbuild';
import { broken } from './definition.ts';
import type { Entry } from './folder.ts';
import { DOMAIN_KEY } from './share-domain.ts';

export const CODE = 'connector.ts';

/**
 * `connector.ts` and what it imports as one ES module. It may import files of its own folder, `@kiln/domain` (also called `kiln`) and
 * Node's own modules, so that a version runs the same wherever its archive is unpacked. @throws KnownError CONNECTOR_BROKEN
 */
export async function bundle(entries: readonly Entry[]): Promise<string> {
  const { build } = await import('esbuild'); // not needed, and not loaded, while all connectors are data
  const options = { bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' } as const;
  try {
    const result = await build({ ...options, entryPoints: [CODE], plugins: [folderPlugin(entries)], tsconfigRaw: '{}', charset: 'utf8' });
    return result.outputFiles[0]?.text ?? '';
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) throw error;
    const [message] = error.errors as Message[]; // esbuild's BuildFailure
    const at = message?.location ? `line ${message.location.line}: ` : '';
    throw broken(message?.location?.file.replace(/^[a-z-]+:/, '') ?? CODE, [`${at}${message?.text ?? error.message}.`], error);
  }
}

function folderPlugin(entries: readonly Entry[]): Plugin {
  const files = new Map(entries.flatMap(({ path, content }) => (content ? [[path, content] as const] : [])));
  const NAMESPACE = 'connector';
  return {
    name: 'connector-folder',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        if (path === '@kiln/domain' || path === 'kiln') return { path: '@kiln/domain', namespace: 'domain' };
        if (path.startsWith('node:')) return { path, external: true };
        if (kind !== 'entry-point' && !/^\.\.?\//.test(path)) return refuse(`'${path}' cannot be imported by a connector`);
        const wanted = posix.join(posix.dirname(importer || '.'), path);
        if (wanted.startsWith('..')) return refuse(`'${path}' lies outside the connector's folder`);
        const found = [wanted, `${wanted}.ts`, `${wanted}.js`, wanted.replace(/\.js$/, '.ts'), `${wanted}/index.ts`].find((name) =>
          files.has(name),
        );
        return found === undefined ? refuse(`there is no '${path}' in the connector's folder`) : { path: found, namespace: NAMESPACE };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: files.get(path) ?? '', loader: loaderOf(path) }));
      build.onLoad({ filter: /.*/, namespace: 'domain' }, () => ({ contents: DOMAIN_MODULE, loader: 'js' }));
    },
  };
}

function refuse(text: string) {
  const rule = 'it may import files of its own folder, @kiln/domain and modules of Node such as node:path';
  return { errors: [{ text: `${text}; ${rule}` }] };
}

function loaderOf(path: string): Loader {
  if (/\.[cm]?ts$/.test(path)) return 'ts';
  if (/\.[cm]?js$/.test(path)) return 'js';
  return path.endsWith('.json') ? 'json' : 'text';
}

const DOMAIN_MODULE = [
  `const domain = globalThis[Symbol.for('${DOMAIN_KEY}')];`,
  ...Object.keys(domain).map((name) => `export const ${name} = domain.${name};`),
].join('\n');
