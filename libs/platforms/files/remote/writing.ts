import { dirname, join } from 'node:path/posix';
import { type AssembledFile, KnownError, type Storage } from '@kiln/domain';
import { pack } from 'tar-stream';
import { compressed, decompressed } from '../../compression.ts';
import { Tally } from '../../tally.ts';
import { hiddenName } from '../hidden.ts';
import { relativePath, safe, shortest } from '../root.ts';
import { lines, type Scripts } from './script.ts';

/** How files get into a storage that is a directory of another machine, and out of it again. */
export function writing(scripts: Scripts): Pick<Storage, 'open' | 'unpack' | 'pack' | 'assemble' | 'remove' | 'copy'> {
  const { shell, root } = scripts;
  const far = () => shell.isFar?.() ?? false;
  /** Compressed if that pays; then `z` says so. */
  const onTheWay = (archive: AsyncIterable<Uint8Array>) => (far() ? { z: 'z', input: compressed(archive) } : { z: '', input: archive });

  return {
    async open(path) {
      await scripts.run('open', [shortest(path), hiddenName('probe')], `Results cannot be written to ${join(root, path)}`, [path]);
    },

    async unpack(path, archive, anew = [], below = '') {
      const home = shortest(path);
      const what = `Results could not be written to ${join(root, home)}`;
      const directories = anew.map(relativePath);
      const tally = new Tally();
      const { z, input } = onTheWay(directories.length === 0 ? archive : tally.over(archive));
      if (directories.length === 0) return void (await scripts.run('unpack', [home, z], what, [path], { input }));
      const hidden = hiddenName('unpack');
      try {
        tally.compare(await scripts.run('stage', [home, hidden, z, shortest(below)], what, [path], { input }), what);
        await scripts.run('swap', [home, hidden], what, [path], { input: lines(directories) });
      } finally {
        await scripts.discardHidden(join(home, hidden));
      }
    },

    async *pack(path) {
      const missing = new KnownError('NOT_FOUND', `There is no directory “${path}”.`);
      const z = far();
      const archive = scripts.stream('pack', [shortest(path), z ? 'z' : ''], missing);
      yield* z ? decompressed(archive) : archive;
    },

    async assemble(path, files) {
      const place = relativePath(path);
      for (const { to } of files) safe(to);
      const what = `Files could not be written to ${join(root, place)}`;
      const hidden = hiddenName('assemble');
      const beside = join(dirname(place), hidden);
      const copies = files.flatMap((file) => ('from' in file ? [file] : []));
      try {
        const { z, input } = onTheWay(textsOf(files));
        await scripts.run('unpack', [beside, z], what, [path], { input });
        const pairs = copies.map(({ from, to }) => lines([shortest(from), shortest(to)])).join('');
        await scripts.run(
          'assemble',
          [place, hidden],
          what,
          copies.map(({ from }) => from),
          { input: pairs },
        );
      } finally {
        await scripts.discardHidden(beside);
      }
    },

    async remove(paths) {
      const input = lines(paths.map(relativePath));
      await scripts.run('discard', [], `Files in ${root} could not be removed`, paths, { input });
    },

    async copy(from, to) {
      const what = `Results could not be copied to ${join(root, to)}`;
      await scripts.run('copy', [relativePath(to), relativePath(from), hiddenName('copy')], what, [from]);
    },
  };
}

async function* textsOf(files: readonly AssembledFile[]): AsyncIterable<Uint8Array> {
  const archive = pack();
  for (const file of files) if ('text' in file) archive.entry({ name: shortest(file.to) }, file.text);
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
