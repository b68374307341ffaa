import { KnownError, type Upload, type Uploading } from '@kiln/domain';
import { PIECE, uploadPlace } from '../upload-name.ts';
import { damaged, damagedPiece, noRegular, notWhole } from '../upload-trouble.ts';
import { type Command, NO_FILE, type Scripts } from './script.ts';

/** How the scripts say what is wrong with an upload. */
const TROUBLES: Readonly<Record<number, (upload: Upload) => KnownError>> = {
  [NO_FILE]: noRegular,
  48: notWhole,
  49: damaged,
  50: damagedPiece,
};

/** How files come in pieces into a directory of another machine. */
export function uploading(scripts: Scripts, has: Uploading['has']): Uploading {
  async function run(command: Command, upload: Upload, more: readonly string[], bytes?: Uint8Array): Promise<string> {
    const { directory, hidden, sums } = uploadPlace(upload, PIECE);
    const args = [directory, hidden, sums, String(upload.size), String(PIECE), ...more];
    return scripts.run(command, args, `${upload.path} could not be written`, [upload.path], {
      ...(bytes && { input: once(bytes) }),
      trouble: (code) => TROUBLES[code]?.(upload) ?? null,
    });
  }

  return {
    pieceOf: () => PIECE,
    has,
    async begin(upload) {
      return bytesIn(await run('begin', upload, [uploadPlace(upload, PIECE).name]));
    },
    async add(upload, { offset, bytes, sha256 }) {
      return bytesIn(await run('add', upload, [String(offset / PIECE), sha256], bytes));
    },
    async end(upload, sums) {
      await run('end', upload, [uploadPlace(upload, PIECE).name, String(upload.modified), sums ?? '']);
    },
  };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function bytesIn(answer: string): number {
  if (/^\d+\n$/.test(answer)) return Number(answer);
  throw new KnownError('PLATFORM_UNAVAILABLE', `“stat” answered “${answer.slice(0, 100)}”.`, { retryable: true });
}
