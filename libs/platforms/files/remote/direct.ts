import { join } from 'node:path/posix';
import { KnownError, type Storage } from '@kiln/domain';
import { receiving, sending } from '../../direct/trees.ts';
import { once } from '../../shells/streams.ts';
import { differs } from '../../tally.ts';
import { hiddenName } from '../hidden.ts';
import { relativePath, shortest } from '../root.ts';
import { lines, type Scripts } from './script.ts';

/** Two blocks of zeros. */
const EMPTY_ARCHIVE = new Uint8Array(1024);

/** How files get from another machine into a storage that is a directory of this one, and back, without the worker in between. */
export function direct(scripts: Scripts): Required<Pick<Storage, 'outlet' | 'inlet'>> {
  return {
    outlet(path) {
      const what = `${path} could not be read`;
      return {
        async offer() {
          const answer = await scripts.run('offer', [shortest(path)], what, [path]);
          const [, size, directory] = /^(\d+) (\/.*)\nx\n$/s.exec(answer) ?? [];
          if (directory === undefined)
            throw new KnownError('PLATFORM_UNAVAILABLE', `“du” answered “${answer.slice(0, 100)}”.`, { retryable: true });
          return { argv: sending(directory), bytes: Number(size) * 1024 };
        },
        tally: () => scripts.run('tally', [shortest(path)], what, [path]),
        close: async () => {},
      };
    },

    inlet: (path, anew = [], below = '') => ({
      async take({ carry, sent, confirm }) {
        const [home, inner] = [shortest(path), shortest(below)];
        const what = `Results could not be written to ${join(scripts.root, home)}`;
        const directories = anew.map(relativePath);
        const hidden = hiddenName('unpack');
        const fresh = join(home, hidden, 'fresh');
        try {
          await scripts.run('stage', [home, hidden, '', inner], what, [path], { input: once(EMPTY_ARCHIVE) });
          await carry(receiving(join(scripts.root, fresh, inner)), join(scripts.root, home, hidden));
          if (directories.length > 0) {
            const come = await scripts.run('tally', [join(fresh, inner)], what, [path]);
            if (come.trim() !== (await sent()).trim()) throw differs(what);
          }
          await confirm();
          await scripts.run('swap', [home, hidden], what, [path], { input: lines(directories) });
        } finally {
          await scripts.discardHidden(join(home, hidden));
        }
      },
    }),
  };
}
