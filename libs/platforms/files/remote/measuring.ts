import { join } from 'node:path/posix';
import type { Storage } from '@kiln/domain';
import { sizeIn } from '../../runner/size-in.ts';
import { shortest } from '../root.ts';
import { lines, type Scripts } from './script.ts';

/** How much is in a storage that is a directory of another machine, and how much more may come. */
export function measuring(scripts: Scripts): Required<Pick<Storage, 'probe' | 'needRoom' | 'size'>> {
  async function probe(path: string, bytes: number): Promise<void> {
    const kibibytes = String(Math.ceil(bytes / 1024));
    await scripts.run('probe', [shortest(path), kibibytes], `Results cannot be written to ${join(scripts.root, path)}`, [path]);
  }

  return {
    probe: (path) => probe(path, 0),
    needRoom: (bytes) => probe('', bytes),
    async size(paths) {
      const input = lines(paths.map(shortest), './');
      return sizeIn(await scripts.run('size', [], `${scripts.root} could not be read`, paths, { input }));
    },
  };
}
