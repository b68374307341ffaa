import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path/posix';
import type { Upload } from '@kiln/domain';
import { relativePath } from './root.ts';

/** Where a file is while it comes: beside its place, under a hidden name that whoever goes on with it finds again. */
export function uploadPlace(upload: Upload): { readonly directory: string; readonly name: string; readonly hidden: string } {
  const path = relativePath(upload.path);
  const name = basename(path);
  const sum = createHash('sha256')
    .update(JSON.stringify([name, upload.size, upload.modified]))
    .digest('hex');
  const id = [sum.slice(0, 8), sum.slice(8, 12), sum.slice(12, 16), sum.slice(16, 20), sum.slice(20, 32)].join('-');
  return { directory: dirname(path), name, hidden: `.kiln-upload-${id}` };
}
