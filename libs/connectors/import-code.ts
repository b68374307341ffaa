import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as domain from '@kiln/domain';
import { KnownError } from '@kiln/domain';
import { CODE } from './bundle.ts';
import { broken } from './definition.ts';
import { DOMAIN_KEY } from './share-domain.ts';

/** Longest time that a connector's file may take to be imported. */
const LIMIT_MS = 5000;

/**
 * The default export of a bundled `connector.ts`. The module lies in `cache` under the hash of its text: what changed is a new
 * module for Node, what did not is the one that is loaded. @throws KnownError CONNECTOR_BROKEN
 */
export async function importCode(name: string, bundled: string, cache: string): Promise<unknown> {
  const address = await store(name, bundled, cache);
  if (!imported.has(address)) await probe(address);
  imported.add(address);
  const module = await load(address);
  if (module.default === undefined) throw broken(CODE, ['it has no default export; write `export default defineConnector({ … })`.']);
  return module.default;
}

const imported = new Set<string>();

async function store(name: string, bundled: string, cache: string): Promise<string> {
  const file = join(cache, `${name}-${createHash('sha256').update(bundled).digest('hex').slice(0, 32)}.mjs`);
  await mkdir(cache, { recursive: true });
  const draft = `${file}.${process.pid}.${drafts++}`;
  await writeFile(draft, bundled);
  await rename(draft, file); // whole or not at all, for other processes with the same cache
  return pathToFileURL(file).href;
}

let drafts = 0;

async function load(address: string): Promise<{ default?: unknown }> {
  try {
    return await inTime(import(/* @vite-ignore */ address));
  } catch (error) {
    if (error instanceof KnownError) throw error;
    throw broken(CODE, [`it cannot be loaded: ${firstLine(error)}.`], error);
  }
}

/**
 * Imports the module in a thread first, which can be ended: a connector that never finishes must not stop the process. Whether it
 * throws is seen by the real import, so here any end will do.
 */
async function probe(address: string): Promise<void> {
  const constants: unknown = JSON.parse(JSON.stringify(domain)); // without what is a function
  const workerData = { address, constants, names: Object.keys(domain) };
  const worker = new Worker(PROBE, { eval: true, execArgv: [], stdout: true, stderr: true, workerData });
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', () => resolve());
    worker.once('exit', () => reject(tooLong())); // without a message: it waits for what nothing can fulfil
  });
  try {
    await inTime(ended);
  } finally {
    await worker.terminate();
  }
}

async function inTime<T>(action: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const { code, message } = tooLong();
    timer = setTimeout(() => reject(new KnownError(code, message, { retryable: true })), LIMIT_MS); // the machine may be busy
  });
  try {
    return await Promise.race([action, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLong(): KnownError {
  return broken(CODE, ['it did not finish loading within 5 seconds; do no work and wait for nothing at its top level.']);
}

const PROBE = `
const { parentPort, workerData } = require('node:worker_threads');
const stub = function (first) { return first; };
const domain = Object.fromEntries(workerData.names.map((name) => [name, workerData.constants[name] ?? stub]));
globalThis[Symbol.for('${DOMAIN_KEY}')] = domain;
const tell = () => parentPort.postMessage('ended');
import(workerData.address).then(tell, tell);
`;

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').replace(/\.$/, '');
}
