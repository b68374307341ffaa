import { KnownError, type Storage, type WebKey } from '@kiln/domain';
import { packFile, packTree } from './pack.ts';
import { pathOf, reading } from './reading.ts';
import { Web } from './web.ts';

export interface WebPlace {
  /** What its files are below, without a slash at its end. */
  readonly url: string;
  readonly key: () => Promise<WebKey>;
  readonly signal: AbortSignal;
  /** Milliseconds without a sign of the server. */
  readonly silence?: number;
}

/** A web server as a storage, which is only read. */
export function httpStorage({ url, key, signal, silence }: WebPlace): Storage & Required<Pick<Storage, 'page' | 'packFile'>> {
  const web = new Web(url, key, signal, silence);
  const refuse = async (): Promise<never> => {
    throw new KnownError(
      'STORAGE_UNWRITABLE',
      `${url} is a web server, which Kiln only reads: choose another storage for what is written.`,
    );
  };
  return {
    ...reading(web),
    async *pack(path) {
      yield* packTree(web, pathOf(path));
    },
    async *packFile(path) {
      yield* packFile(web, pathOf(path));
    },
    ...{ open: refuse, probe: refuse, unpack: refuse, assemble: refuse, remove: refuse, copy: refuse },
  };
}
