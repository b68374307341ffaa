import type { Storage } from '@kiln/domain';
import type { Shell } from '../shells/shell.ts';
import { adopt } from './adopt.ts';
import { reading } from './reading.ts';
import { probe } from './room.ts';
import { Root } from './root.ts';
import { uploading } from './uploading.ts';
import { writing } from './writing.ts';

/** A directory of this machine as a storage. `shell` runs programs on it. */
export function localStorage(directory: string, shell: Shell): Storage {
  const root = new Root(directory);
  return {
    ...(shell.machine && { machine: shell.machine }),
    probe: (path) => probe(root.place(path)),
    ...reading(root),
    ...writing(root, shell),
    uploading: uploading(root),
    adopt: (from, directories, files) => adopt(from, directory, directories, files),
  };
}
