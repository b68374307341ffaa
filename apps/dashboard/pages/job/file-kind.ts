import { readBytes } from '../../lib/read-bytes.ts';

const IMAGES = ['png', 'jpg', 'jpeg', 'gif', 'webp', 'svg'];
/** Bytes; what is read at first, and each time that more is asked for. */
export const FIRST_READ = 256 * 1024;

export type FileKind = 'image' | 'pdf' | 'csv' | 'tsv' | 'json' | 'text';

export function kindOf(name: string): FileKind {
  const extension = /\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? '';
  if (IMAGES.includes(extension)) return 'image';
  return extension === 'pdf' || extension === 'csv' || extension === 'tsv' || extension === 'json' ? extension : 'text';
}

export interface ReadText {
  readonly text: string;
  /** There is more than was read. */
  readonly cut: boolean;
  readonly binary: boolean;
}

/** The first `most` bytes of a file as text, or its last ones if that is negative. */
export async function readText(url: string, most: number, signal: AbortSignal): Promise<ReadText> {
  const { bytes, cut } = await readBytes(url, most, signal);
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
