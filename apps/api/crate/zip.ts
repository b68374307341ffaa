import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface ZipEntry {
  readonly path: string;
  readonly content: AsyncIterable<Uint8Array>;
  readonly executable?: boolean | undefined;
  /** ISO 8601. */
  readonly modifiedAt?: string | null | undefined;
}

/** A zip archive as a stream of bytes; what is added has gone into it when the promise resolves. */
export class Zip {
  readonly #zip = new ZipFile();
  readonly stream = this.#zip.outputStream.pipe(new PassThrough());

  /** `signal` tells that nobody reads the stream any more. */
  constructor(private readonly signal: AbortSignal) {
    this.#zip.on('error', (error: Error) => this.stream.destroy(error));
  }

  async add({ path, content, executable, modifiedAt }: ZipEntry): Promise<void> {
    const given: { source?: Readable } = { source: Readable.from(content, { objectMode: false }) };
    const options = { mtime: timeOf(modifiedAt), mode: executable ? 0o100755 : 0o100644, compress: !PACKED.test(path) };
    this.#zip.addReadStreamLazy(path, options, (take) => given.source && take(null, given.source));
    if (given.source) await finished(given.source, { signal: this.signal });
    delete given.source; // the archive remembers this call until it is complete
  }

  folder(path: string): void {
    this.#zip.addEmptyDirectory(path, { mode: 0o40755 });
  }

  end(): void {
    this.#zip.end();
  }
}

/** What is packed already gets no smaller. */
const PACKED = /\.(gz|tgz|bz2|xz|zst|zip|npz|png|jpe?g|gif|webp|mp4|pdf|h5|hdf5|nc)$/i;

/** The format knows no time before 1980 and none after 2107. */
function timeOf(modifiedAt: string | null | undefined): Date {
  const time = modifiedAt ? new Date(modifiedAt) : new Date();
  return new Date(Math.min(Math.max(time.getTime(), Date.UTC(1980, 0, 2)), Date.UTC(2107, 11, 30)));
}
