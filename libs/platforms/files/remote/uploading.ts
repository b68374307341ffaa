import { KnownError, type Upload, type Uploading } from '@kiln/domain';
import { uploadPlace } from '../upload-name.ts';
import { damaged, noRegular, notWhole } from '../upload-trouble.ts';
import { type Command, NO_FILE, type Scripts } from './script.ts';

/** How the scripts say what is wrong with an upload. */
const TROUBLES: Readonly<Record<number, (upload: Upload) => KnownError>> = { [NO_FILE]: noRegular, 48: notWhole, 49: damaged };

/** How files come in pieces into a directory of another machine. */
export function uploading(scripts: Scripts): Uploading {
  async function run(command: Command, upload: Upload, args: readonly string[], bytes?: Uint8Array): Promise<string> {
    const { directory, hidden } = uploadPlace(upload);
    const input = bytes && { input: once(bytes) };
    return scripts.run(command, [directory, hidden, ...args], `${upload.path} could not be written`, [upload.path], {
      ...input,
      trouble: (code) => TROUBLES[code]?.(upload) ?? null,
    });
  }

  return {
    async begin(upload) {
      return bytesIn(await run('begin', upload, [uploadPlace(upload).name, String(Math.ceil(upload.size / 1024))]));
    },
    async add(upload, offset, bytes) {
      return bytesIn(await run('add', upload, [String(offset)], bytes));
    },
    async end(upload, sha256) {
      await run('end', upload, [uploadPlace(upload).name, String(upload.size), String(upload.modified), sha256 ?? '']);
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
