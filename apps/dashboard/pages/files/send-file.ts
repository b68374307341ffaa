import { refusal } from '../../lib/read-bytes.ts';

/** Bytes; what the server takes at once. */
const PIECE = 4 * 1024 * 1024;
/** A checksum is taken of all of a file at once, so only of one that fits into memory with ease. */
const MOST_SUMMED = 64 * 1024 * 1024;
/** Times that a request is made again after the network failed, with so many milliseconds between. */
const PAUSES = [500, 2000, 5000, 10_000];

/** Brings a file to a storage piece by piece, from where an earlier upload of it stopped. */
export async function sendFile(storage: string, path: string, file: File, progress: (sent: number) => void, signal: AbortSignal) {
  const names = [storage, ...path.split('/')].map(encodeURIComponent).join('/');
  const address = `/files/storages/${names}?size=${file.size}&modified=${Math.floor(file.lastModified / 1000)}`;
  const begun = await call(address, { method: 'POST', signal });
  if (begun.there === true) return;
  for (let offset = begun.offset; offset < file.size; ) {
    progress(offset);
    const body = await file.slice(offset, offset + PIECE).arrayBuffer();
    offset = (await call(`${address}&offset=${offset}`, { method: 'PUT', body, signal })).offset;
  }
  await call(`${address}&end${await checksum(file)}`, { method: 'POST', signal });
}

interface Answer {
  readonly there?: boolean;
  readonly offset: number;
}

/** Each may be made again: the server tells how much is there. */
async function call(address: string, init: RequestInit): Promise<Answer> {
  for (const pause of [...PAUSES, null]) {
    const response = await fetch(address, init).catch((error: unknown) => {
      if (pause === null || init.signal?.aborted) throw error;
      return null;
    });
    if (response?.ok) return response.json();
    if (response && (pause === null || response.status !== 503)) throw new Error(await refusal(response));
    await new Promise((resolve) => setTimeout(resolve, pause ?? 0));
  }
  throw new Error('Kiln does not answer.');
}

/** Browsers have it where the page came over a way that nobody else can change. */
async function checksum(file: File): Promise<string> {
  if (file.size > MOST_SUMMED || !globalThis.isSecureContext) return '';
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return `&sha256=${Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
