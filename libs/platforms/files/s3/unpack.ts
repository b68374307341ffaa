import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Crew } from '../crew.ts';
import { shortest } from '../root.ts';
import { type Entry, entriesOf } from './entries.ts';
import { metadataOf, type Objects } from './objects.ts';

/** Smaller files are read whole, so that many can be on their way at once. */
const SMALL = 1024 * 1024;

/** Stores what is in a tar archive below `path`; resolves with what that is, by paths relative to it. Links to elsewhere are left out. */
export async function unpack(objects: Objects, path: string, archive: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const at = (name: string) => (path === '' ? name : `${path}/${name}`);
  const files = new Set<string>();
  const directories = new Set<string>();
  const linked: { readonly name: string; readonly to: string }[] = [];
  const crew = new Crew();
  try {
    for await (const entry of entriesOf(archive)) {
      const { name: given, type, linkname, mode = null } = entry.header;
      const name = shortest(given);
      if (type === 'directory') directories.add(name);
      else if (type === 'file' || type === 'contiguous-file') {
        if (files.has(name)) await crew.done(); // the last of a name is the one that stays
        await store(objects, crew, at(name), entry, mode);
        files.add(name);
      } else if (type === 'link') linked.push({ name, to: shortest(linkname ?? '') });
      entry.resume();
    }
    await crew.done();
  } catch (error) {
    await crew.done().catch(() => undefined); // nothing is written any more when this is over
    throw error;
  }
  for (const { name, to } of linked) {
    const first = await objects.head(at(to));
    if (first) await objects.copy(first, at(name));
    if (first) files.add(name);
  }
  const marks = emptyOf(directories, files).map((name) => `${name}/`);
  await Crew.each(marks, (mark) => objects.put(at(mark), new Uint8Array()));
  return [...files, ...marks];
}

async function store(objects: Objects, crew: Crew, path: string, entry: Entry, mode: number | null): Promise<void> {
  const size = entry.header.size ?? 0;
  if (size > SMALL) return objects.putStream(path, Readable.from(entry), size, mode); // a streamx stream is not one of Node's
  const bytes = await buffer(entry as AsyncIterable<Uint8Array>); // without an encoding it yields buffers
  await crew.add(() => objects.put(path, bytes, metadataOf(mode)));
}

/** Directories in which there is nothing, which only a mark can show. */
function emptyOf(directories: ReadonlySet<string>, files: ReadonlySet<string>): readonly string[] {
  const full = new Set<string>();
  for (const path of [...files, ...directories]) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) full.add(path.slice(0, slash));
  }
  return [...directories].filter((name) => name !== '.' && !full.has(name));
}
