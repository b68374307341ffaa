import { createHash, randomUUID } from 'node:crypto';
import { type CuratedFile, KnownError } from '@kiln/domain';

export interface Sums {
  readonly md5sum: string;
  readonly sha512sum: string;
}

export interface Form {
  readonly type: string;
  readonly length: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** Of what was sent, once all of it was. */
  readonly sums: () => Sums;
}

const NO_SUM = '0'.repeat(32);

/**
 * A file and what is said of it, as one form. The file is read once: its checksum follows it. So `attached_file` stands before `json_data`;
 * Django takes the parts of a form in any order.
 */
export function fileForm(dataset: number, file: CuratedFile): Form {
  const boundary = `kiln-${randomUUID()}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="attached_file"; filename="${quoted(file.name)}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
  const tail = (md5sum: string) =>
    Buffer.from(
      `\r\n--${boundary}\r\nContent-Disposition: form-data; name="json_data"\r\n\r\n${JSON.stringify(recordOf(dataset, file, md5sum))}\r\n--${boundary}--\r\n`,
    );
  const hashed = hashing(file);
  async function* body(): AsyncIterable<Uint8Array> {
    yield head;
    yield* hashed.stream;
    yield tail(hashed.sums().md5sum);
  }
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    length: head.length + file.size + tail(NO_SUM).length,
    body: body(),
    sums: hashed.sums,
  };
}

/** The checksums of a file that is not sent. */
export async function sumsOf(file: CuratedFile): Promise<Sums> {
  const { stream, sums } = hashing(file);
  for await (const _piece of stream); // reading is all that is wanted
  return sums();
}

function hashing(file: CuratedFile): { stream: AsyncIterable<Uint8Array>; sums: () => Sums } {
  const md5 = createHash('md5');
  const sha512 = createHash('sha512');
  let found: Sums | null = null;
  async function* stream(): AsyncIterable<Uint8Array> {
    let size = 0;
    for await (const piece of file.read()) {
      size += piece.length;
      if (size > file.size) break;
      md5.update(piece);
      sha512.update(piece);
      yield piece;
    }
    if (size !== file.size) {
      throw new KnownError('CONFLICT', `${file.name} changed while it was read; Kiln tries again.`, { retryable: true });
    }
    found = { md5sum: md5.digest('hex'), sha512sum: sha512.digest('hex') };
  }
  return {
    stream: stream(),
    sums() {
      if (!found) throw new Error('The checksum of a file is known once it is read.');
      return found;
    },
  };
}

function recordOf(dataset: number, { directory, name, size }: CuratedFile, md5sum: string): object {
  return {
    dataset: `/api/v1/dataset/${dataset}/`,
    filename: name,
    ...(directory && { directory }),
    md5sum,
    size: String(size),
    mimetype: mimetypeOf(name),
  };
}

const MIMETYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  log: 'text/plain',
  dat: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  svg: 'image/svg+xml',
  gz: 'application/gzip',
  zip: 'application/zip',
};

function mimetypeOf(name: string): string {
  return MIMETYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}

/** As browsers do it: https://html.spec.whatwg.org/#multipart-form-data */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
