import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path/posix';
import type { Upload } from '@kiln/domain';
import { relativePath } from './root.ts';

/** How long the pieces are in which files come to a machine; bytes. */
export const PIECE = 4 * 1024 * 1024;

export interface UploadPlace {
  readonly directory: string;
  readonly name: string;
  /** What has come. */
  readonly hidden: string;
  /** The checksums of its pieces. */
  readonly sums: string;
}

/** Where a file is while it comes: beside its place, under hidden names that whoever goes on with it finds again. */
export function uploadPlace(upload: Upload, piece: number): UploadPlace {
  const path = relativePath(upload.path);
  const name = basename(path);
  const sum = createHash('sha256')
    .update(JSON.stringify([name, upload.size, upload.modified, piece]))
    .digest('hex');
  const id = [sum.slice(0, 8), sum.slice(8, 12), sum.slice(12, 16), sum.slice(16, 20), sum.slice(20, 32)].join('-');
  return { directory: dirname(path), name, hidden: `.kiln-upload-${id}`, sums: `.kiln-sums-${id}` };
}
