import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KnownError, type Storage } from '@kiln/domain';
import type { Shell } from '../shells/shell.ts';
import { toKnownError } from '../trouble.ts';
import { assemble } from './assemble.ts';
import { type Root, safe } from './root.ts';

/** Bytes of a tar archive with nothing in it. */
const EMPTY_ARCHIVE = 1024;
/** Payloads leave directories that even their owner may not write. */
const REMOVE = 'chmod -R u+rwX "$1"; exec rm -rf "$1"';

/** How files get into a storage that is a directory of this machine, and out of it again. `shell` runs tar, cp and rm. */
export function writing(root: Root, shell: Shell): Pick<Storage, 'unpack' | 'pack' | 'assemble' | 'remove' | 'copy'> {
  async function command(argv: readonly string[], what: string, input?: AsyncIterable<Uint8Array>): Promise<void> {
    const options = { timeout: 24 * 3_600_000, ...(input ? { input } : {}) };
    const { code, stderr } = await shell.run(argv, options).catch((error) => {
      throw toKnownError(error, what);
    });
    if (code !== 0) throw toKnownError(new Error(stderr || `exit code ${code}`), what);
  }

  return {
    async unpack(path, archive) {
      const what = `Results could not be written to ${root.place(path)}`;
      await mkdir(root.place(path), { recursive: true }).catch((error) => {
        throw toKnownError(error, what);
      });
      await command(['tar', '-xf', '-', '--no-same-owner', '-C', root.place(path)], what, archive);
    },

    async *pack(path) {
      const directory = await root.existingOrNull(path);
      if (directory && (await stat(directory)).isDirectory()) yield* shell.stream(['tar', '-cf', '-', '-C', directory, '.'], '');
      else yield new Uint8Array(EMPTY_ARCHIVE);
    },

    async assemble(path, files) {
      const what = `Files could not be written to ${root.place(path)}`;
      for (const { to } of files) safe(to);
      const parts = await Promise.all(
        files.map(async (file) => ('from' in file ? { ...file, from: await root.existing(file.from) } : file)),
      );
      try {
        await mkdir(dirname(root.place(path)), { recursive: true });
        const directory = await root.inside(path);
        if (!directory) throw new KnownError('NOT_FOUND', `There is no place “${path}”.`);
        await assemble(directory, parts);
      } catch (error) {
        throw toKnownError(error, what);
      }
    },

    async remove(paths) {
      const found = (await Promise.all(paths.map((path) => root.inside(path)))).filter((path) => path !== null);
      for (const path of found) {
        const what = `${path} could not be removed`;
        await rm(path, { recursive: true, force: true }).catch(() => command(['sh', '-c', REMOVE, 'sh', path], what));
      }
    },

    /** Hard links where the file system has them: a copy costs no room. */
    async copy(from, to) {
      const what = `Results could not be copied to ${root.place(to)}`;
      await mkdir(root.place(from), { recursive: true }); // tasks may have left nothing at all
      await rm(root.place(to), { recursive: true, force: true });
      const linked = await command(['cp', '-al', root.place(from), root.place(to)], what).then(
        () => true,
        () => false,
      );
      if (linked) return;
      await rm(root.place(to), { recursive: true, force: true });
      await command(['cp', '-R', root.place(from), root.place(to)], what);
    },
  };
}
