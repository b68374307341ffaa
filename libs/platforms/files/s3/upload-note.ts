import { dirname } from 'node:path/posix';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Objects } from './objects.ts';
import { Parts } from './parts.ts';
import { join } from './replace.ts';

const shape = z.object({
  /** What the service calls the upload. */
  id: z.string(),
  /** What the file will be called. */
  name: z.string(),
  /** SHA-256 of its pieces, each of which is a part. */
  sums: z.array(z.string()),
});

const note = z
  .string()
  .transform((written, context) => {
    try {
      return JSON.parse(written);
    } catch {
      context.addIssue('It is no JSON.');
      return z.NEVER;
    }
  })
  .pipe(shape);

/** What is known of an upload, in an object with a hidden name beside its place: services list neither checksums nor whose an upload is. */
export type UploadNote = Readonly<z.infer<typeof shape>>;

/** Null if there is none, or one that Kiln has not written. */
export async function readNote(objects: Objects, path: string): Promise<UploadNote | null> {
  const found = await objects.get(path);
  if (!found) return null;
  const written = await text(found.body).catch((error) => {
    throw objects.trouble(error, `${objects.name(path)} could not be read`);
  });
  return note.safeParse(written).data ?? null;
}

export async function writeNote(objects: Objects, path: string, known: UploadNote): Promise<void> {
  await objects.put(path, new TextEncoder().encode(JSON.stringify(known)));
}

/** Ends an upload that does not come to anything; nothing of it is kept. */
export async function abandon(objects: Objects, path: string): Promise<void> {
  const known = await readNote(objects, path);
  if (known) await new Parts(objects, join(dirname(path), known.name)).abort(known.id);
  await objects.remove(path);
}
