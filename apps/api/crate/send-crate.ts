import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { User } from '@kiln/db/accounts';
import type { Asker } from '@kiln/db/asks';
import type { Database } from '@kiln/db/connect';
import type { JobRow } from '@kiln/db/jobs';
import { jobDirectory } from '@kiln/domain';
import type { Request, Response } from 'express';
import { fileHeaders } from '../file-headers.ts';
import { Crate } from './crate.ts';
import { Graph } from './graph.ts';
import { licenseOf } from './license.ts';
import { CONTEXT } from './root.ts';
import { writeCrate } from './write-crate.ts';
import { Zip } from './zip.ts';

interface Asking {
  readonly db: Database;
  readonly asker: Asker;
  readonly owner: User;
  readonly url: string;
}

/** Sends a job as a crate, `crate.zip`: with `?outputs=none` without what its tasks left, with `?license=…` under these terms. */
export async function sendCrate({ db, asker, owner, url }: Asking, job: JobRow, request: Request, response: Response): Promise<void> {
  const outputs = request.query['outputs'] !== 'none';
  const license = licenseOf(textOf(request.query['license']), owner.name);
  const name = `${jobDirectory(job)}.crate.zip`;
  response.set({ ...fileHeaders(name, true), 'Content-Type': 'application/zip', 'Accept-Ranges': 'none' });
  if (request.method === 'HEAD') return void response.end();

  const unwanted = new AbortController();
  response.once('close', () => unwanted.abort());
  const zip = new Zip(unwanted.signal);
  const graph = await Graph.open();
  try {
    const writing = write(new Crate(db, asker, job, owner, url, zip, graph), outputs, license);
    await Promise.race([once(zip.stream, 'readable'), writing]); // what fails before there is a byte is told in words
    await Promise.all([pipeline(zip.stream, response), writing]);
  } finally {
    await graph.close();
  }

  async function write(...[crate, ...options]: Parameters<typeof writeCrate>): Promise<void> {
    await writeCrate(crate, ...options);
    await zip.add({ path: 'ro-crate-metadata.json', content: graph.document(CONTEXT) });
    zip.end();
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
