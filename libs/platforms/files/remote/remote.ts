import type { Storage } from '@kiln/domain';
import type { Shell } from '../../shells/shell.ts';
import { hasBy } from '../upload-has.ts';
import { adopt } from './adopt.ts';
import { direct } from './direct.ts';
import { measuring } from './measuring.ts';
import { reading } from './reading.ts';
import { Scripts } from './script.ts';
import { uploading } from './uploading.ts';
import { writing } from './writing.ts';

/**
 * A directory of another machine as a storage. `shell` runs programs there, `root` is the storage's directory: `anchor`, or in it.
 * `anchor` is made by nobody here: where it is missing, its file system is not mounted.
 */
export function remoteStorage(anchor: string, root: string, shell: Shell): Storage {
  const scripts = new Scripts(shell, anchor, root);
  const asked = reading(scripts);
  return {
    ...measuring(scripts),
    ...asked,
    ...writing(scripts),
    ...(shell.machine && { machine: shell.machine }),
    uploading: uploading(scripts, hasBy(asked.stat)),
    ...direct(scripts),
    adopt: (from, directories, files) => adopt(scripts, from, directories, files),
  };
}
