import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from './request.ts';
import { type Uploaded, type UploadOptions, uploadFile } from './upload.ts';

export interface UploadedFile extends Uploaded {
  /** On this machine. */
  readonly file: string;
  /** In the storage. */
  readonly path: string;
}

/** Every file of a directory, each as soon as it is in its place. What is neither file nor directory, links too, is left out. */
export async function* uploadTree(
  connection: Connection,
  directory: string,
  storage: string,
  path: string,
  options: UploadOptions,
): AsyncGenerator<UploadedFile, void, undefined> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const file = join(directory, entry.name);
    const target = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) yield* uploadTree(connection, file, storage, target, options);
    else if (entry.isFile()) yield { file, path: target, ...(await uploadFile(connection, file, storage, target, options)) };
  }
}
