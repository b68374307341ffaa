import type { Storage } from '@kiln/domain';
import type { Shell } from '../shells/shell.ts';
import { adopt } from './adopt.ts';
import { reading } from './reading.ts';
import { probe } from './room.ts';
import { Root } from './root.ts';
import { hasBy } from './upload-has.ts';
import { uploading } from './uploading.ts';
import { writing } from './writing.ts';

/** A directory of this machine as a storage. `shell` runs programs on it. */
export function localStorage(directory: string, shell: Shell): Storage {
  const root = new Root(directory);
  const asked = reading(root);
  return {
    ...(shell.machine && { machine: shell.machine }),
    probe: (path) => probe(root.place(path)),
    needRoom: (bytes) => probe(directory, bytes),
    ...asked,
    ...writing(root, shell),
    uploading: uploading(root, hasBy(asked.stat)),
    adopt: (from, directories, files) => adopt(from, directory, directories, files),
  };
}
