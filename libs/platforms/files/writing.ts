import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KnownError, type Storage } from '@kiln/domain';
import type { Shell } from '../shells/shell.ts';
import { toKnownError } from '../trouble.ts';
import { assemble } from './assemble.ts';
import { copyAnew } from './copy-anew.ts';
import { leftOver } from './hidden.ts';
import { Programs } from './programs.ts';
import { prove } from './room.ts';
import { type Root, relativePath, safe } from './root.ts';
import { unpackAnew } from './unpack-anew.ts';

/** How files get into a storage that is a directory of this machine, and out of it again. `shell` runs tar, cp and rm. */
export function writing(root: Root, shell: Shell): Pick<Storage, 'open' | 'unpack' | 'size' | 'pack' | 'assemble' | 'remove' | 'copy'> {
  const programs = new Programs(shell);

  return {
    async open(path) {
      const directory = root.place(path);
      await prove(directory);
      for (const left of await leftOver(directory).catch(() => [])) await programs.remove(left).catch(() => undefined);
    },

    async unpack(path, archive, anew = [], below = '') {
      const home = root.place(path);
      const what = `Results could not be written to ${home}`;
      const directories = anew.map(relativePath);
      try {
        await mkdir(home, { recursive: true });
        if (directories.length > 0) await unpackAnew(programs, home, archive, directories, what, safe(below));
        else await programs.unpack(home, archive, what);
      } catch (error) {
        throw toKnownError(error, what);
      }
    },

    async size(paths) {
      const found = (await Promise.all(paths.map((path) => root.existingOrNull(path)))).filter((path) => path !== null);
      return found.length === 0 ? 0 : programs.size(found, `${root.directory} could not be read`);
    },

    async *pack(path) {
      const directory = await root.existing(path);
      if (!(await stat(directory)).isDirectory()) throw new KnownError('NOT_FOUND', `There is no directory “${path}”.`);
      yield* programs.pack(directory);
    },

    async assemble(path, files) {
      const what = `Files could not be written to ${root.place(path)}`;
      for (const { to } of files) safe(to);
      const parts = await Promise.all(files.map(async (file) => ('from' in file ? { ...file, from: await root.file(file.from) } : file)));
      try {
        await mkdir(dirname(root.place(path)), { recursive: true });
        const directory = await root.inside(path);
        if (!directory) throw new KnownError('NOT_FOUND', `There is no place “${path}”.`);
        await assemble(programs, directory, parts, what);
      } catch (error) {
        throw toKnownError(error, what);
      }
    },

    async remove(paths) {
      const found = (await Promise.all(paths.map((path) => root.inside(path)))).filter((path) => path !== null);
      for (const path of found) await programs.remove(path);
    },

    async copy(from, to) {
      const what = `Results could not be copied to ${root.place(to)}`;
      try {
        await mkdir(root.place(from), { recursive: true }); // tasks may have left nothing at all
        await copyAnew(programs, root.place(from), root.place(to), what);
      } catch (error) {
        throw toKnownError(error, what);
      }
    },
  };
}
