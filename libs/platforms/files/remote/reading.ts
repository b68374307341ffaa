import { basename } from 'node:path/posix';
import { type FileEntry, KnownError, type Storage } from '@kiln/domain';
import { directoriesFirst } from '../entries.ts';
import { isHidden } from '../hidden.ts';
import { shortest } from '../root.ts';
import { noFile, type Scripts } from './script.ts';

/** What is asked of a storage that is a directory of another machine. */
export function reading(scripts: Scripts): Pick<Storage, 'list' | 'stat' | 'read'> {
  return {
    list: async (path) => shown(await scripts.run('list', [shortest(path)], `${path} could not be read`, [path])),

    async stat(path) {
      const [entry] = entriesIn(await scripts.run('stat', [shortest(path)], `${path} could not be read`, [path]));
      if (!entry) throw noFile(path);
      return { ...entry, name: basename(shortest(path)) };
    },

    async read(path, offset, length) {
      const args = [shortest(path), String(offset + 1), String(Math.max(0, length))];
      const parts: Uint8Array[] = [];
      for await (const bytes of scripts.stream('read', args, noFile(path))) parts.push(bytes);
      return Buffer.concat(parts);
    },
  };
}

/** As `list`; null if there are more than `most`. */
export async function listAtMost(scripts: Scripts, path: string, most: number): Promise<FileEntry[] | null> {
  const answer = await scripts.run('list', [shortest(path), String(most)], `${path} could not be read`, [path]);
  return answer === 'more\n' ? null : shown(answer);
}

function shown(answer: string): FileEntry[] {
  return entriesIn(answer)
    .filter(({ name }) => !isHidden(name))
    .sort(directoriesFirst);
}

const TYPE = 0xf000;
const KINDS: Readonly<Record<number, FileEntry['kind']>> = { 32768: 'file', 16384: 'directory' };

/** Each is its mode, its size, its time and `./NAME`, and ends with a slash and a newline; what is neither file nor directory is passed over. */
function entriesIn(answer: string): FileEntry[] {
  return answer
    .split('/\n')
    .slice(0, -1)
    .flatMap((text): FileEntry[] => {
      const [, mode = '', size, seconds, name = ''] = /^([0-9a-f]+) (\d+) (-?\d+) \.\/(.+)$/s.exec(text) ?? [];
      if (name === '') throw new KnownError('PLATFORM_UNAVAILABLE', `“stat” answered “${text.slice(0, 100)}”.`, { retryable: true });
      const kind = KINDS[Number.parseInt(mode, 16) & TYPE];
      const modifiedAt = new Date(Number(seconds) * 1000).toISOString();
      return kind ? [{ name, kind, size: kind === 'file' ? Number(size) : 0, modifiedAt }] : [];
    });
}
