import { readBytes } from '../../lib/read-bytes.ts';

const IMAGES = ['png', 'jpg', 'jpeg', 'gif', 'webp', 'svg'];
const MOST_READ = 256 * 1024;

export type FileKind = 'image' | 'csv' | 'tsv' | 'json' | 'text';

export function kindOf(name: string): FileKind {
  const extension = /\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? '';
  if (IMAGES.includes(extension)) return 'image';
  return extension === 'csv' || extension === 'tsv' || extension === 'json' ? extension : 'text';
}

export interface ReadText {
  readonly text: string;
  /** There is more than was read. */
  readonly cut: boolean;
  readonly binary: boolean;
}

/** The beginning of a file as text. */
export async function readText(url: string, signal: AbortSignal): Promise<ReadText> {
  const { bytes, cut } = await readBytes(url, MOST_READ, signal);
  return { text: new TextDecoder().decode(bytes), cut, binary: bytes.subarray(0, 8000).includes(0) };
}

/** JSON with a line for each value; what is not JSON as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
