import { refusal } from '../../lib/read-bytes.ts';
import { PieceSums } from './piece-sums.ts';

/** Times that a request is made again after the network failed, with so many milliseconds between. */
const PAUSES = [500, 2000, 5000, 10_000];

/** Brings a file to a storage piece by piece, from where an earlier upload of it stopped. */
export async function sendFile(storage: string, path: string, file: File, progress: (sent: number) => void, signal: AbortSignal) {
  const names = [storage, ...path.split('/')].map(encodeURIComponent).join('/');
  const address = `/files/storages/${names}?size=${file.size}&modified=${Math.floor(file.lastModified / 1000)}`;
  const begun = await call<Begun>(address, { method: 'POST', signal });
  if (begun.there) return;
  const { piece } = begun;
  const bytesAt = (offset: number) => file.slice(offset, offset + piece).arrayBuffer();
  const sums = globalThis.isSecureContext ? new PieceSums(bytesAt, piece, signal) : null;
  for (let offset = begun.offset; offset < file.size; ) {
    progress(offset);
    await sums?.reach(offset);
    const body = await bytesAt(offset);
    const sum = sums ? `&sha256=${await sums.of(offset, body)}` : '';
    offset = (await call(`${address}&offset=${offset}${sum}`, { method: 'PUT', body, signal })).offset;
  }
  await sums?.reach(file.size);
  await call(`${address}&end${sums ? `&sums=${await sums.whole()}` : ''}`, { method: 'POST', signal });
}

interface Answer {
  /** Bytes that are there. */
  readonly offset: number;
}

interface Begun extends Answer {
  readonly there: boolean;
  /** Bytes of each piece but the last. */
  readonly piece: number;
}

/** Each may be made again: the server tells how much is there. */
async function call<T extends Answer>(address: string, init: RequestInit): Promise<T> {
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
