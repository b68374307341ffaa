import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type WebServer, webServer } from '@kiln/testing/web-server';
import { httpStorage, type WebPlace } from '../files/http/http.ts';

/** When all files of a `WebFolder` were written. */
export const AGES_AGO = new Date('2026-01-01T00:00:00Z');

/** A folder on two web servers, with what the contract of storages asks for. */
export interface WebFolder {
  readonly root: string;
  readonly server: WebServer;
  readonly other: WebServer;
  put(files: Readonly<Record<string, string | Buffer>>): Promise<void>;
  storage(place?: Partial<WebPlace>): ReturnType<typeof httpStorage>;
  /** Answers with `reply` in place of the server whatever address ends so. */
  instead(ending: string, reply: (response: ServerResponse, request: IncomingMessage) => unknown): void;
  close(): Promise<void>;
}

export async function webFolder(): Promise<WebFolder> {
  const root = await mkdtemp(join(tmpdir(), 'kiln-web-'));
  const [server, other] = await Promise.all([webServer(root), webServer(root)]);
  const put: WebFolder['put'] = async (files) => {
    for (const [path, contents] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), contents);
      await utimes(join(root, path), AGES_AGO, AGES_AGO);
    }
  };
  await put({ 'a/1/n': 'one\n', 'a/10/n': 'ten\n', 'a/2/n': 'two\n', 'a/note': 'four' });
  return {
    ...{ root, server, other, put },
    storage: (place) =>
      httpStorage({ url: server.url, key: async () => ({ kind: 'open' }), signal: new AbortController().signal, ...place }),
    instead(ending, reply) {
      server.instead = (request, response) => {
        if (!request.url?.endsWith(ending)) return false;
        reply(response, request);
        return true;
      };
    },
    async close() {
      await Promise.all([server.close(), other.close()]);
      await rm(root, { recursive: true });
    },
  };
}
