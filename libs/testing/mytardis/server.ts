import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { formOf, type Json, jsonOf } from './parse.ts';
import { type Records, Refusal } from './records.ts';
import {
  addSet,
  addSetToDataset,
  type Caller,
  FILTERS,
  makeDataset,
  makeExperiment,
  makeFile,
  type Permissions,
  show,
} from './resources.ts';

/** What goes wrong with a request: it is answered so, or it is `cut` before anything is done, or its answer is `lost`. */
export type Fault = number | 'cut' | 'lost';

export interface MyTardisServer {
  readonly url: string;
  readonly records: Records;
  readonly requests: string[];
  /** Can be changed while it runs. */
  readonly user: { name: string; password: string; apiKey: string; may: Permissions };
  /** Asked of every request, as in `POST dataset_file/`; null lets it be. */
  fault: (request: string) => Fault | null;
  /** So many looks at a file after it came, it is verified. */
  verifiedAfter: number;
  close(): Promise<void>;
}

const ALL: Permissions = {
  add_experiment: true,
  change_experiment: true,
  change_dataset: true,
  add_datafile: true,
  delete_experiment: true,
};

/** A double of a MyTardis: it refuses what the real one would refuse, and keeps the rest. */
export async function myTardisServer(schemas: readonly string[] = []): Promise<MyTardisServer> {
  const records: Records = { experiments: [], datasets: [], files: [], schemas: new Map(schemas.map((schema) => [schema, []])) };
  const http = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  const server: MyTardisServer = {
    url: `http://127.0.0.1:${address.port}`,
    records,
    requests: [],
    user: { name: 'ann', password: 'secret', apiKey: '0a1b2c', may: ALL },
    fault: () => null,
    verifiedAfter: 1,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', server.url);
    const path = url.pathname.replace('/api/v1/', '');
    const asked = `${request.method} ${path}`;
    server.requests.push(asked);
    const fault = server.fault(asked);
    if (fault === 'cut') return void request.socket.destroy();
    const body = await bodyOf(request);
    const answer = typeof fault === 'number' ? { status: fault, body: '<h1>Server Error</h1>' } : answerTo(request, url, path, body);
    if (fault === 'lost') return void request.socket.destroy();
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    const location = 'location' in answer && answer.location ? { location: answer.location } : {};
    response.writeHead(answer.status, { 'content-type': 'application/json', ...location }).end(text);
  }

  function answerTo(request: IncomingMessage, url: URL, path: string, body: Buffer): { status: number; body: unknown; location?: string } {
    try {
      const [resource = '', id = '', action = ''] = path.split('/');
      if (path === '')
        return { status: 200, body: Object.fromEntries(['experiment', 'dataset', 'dataset_file', 'schema'].map((name) => [name, {}])) };
      const caller = callerOf(request);
      if (request.method === 'POST') return create(resource, caller, request, body);
      if (request.method === 'DELETE') return remove(resource, caller, Number(id));
      if (action === 'verify') return { status: 200, body: '' };
      return id === '' ? list(resource, caller, url.searchParams) : detail(resource, Number(id));
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.message && { error_message: error.message } };
      throw error;
    }
  }

  /** Whoever gives wrong credentials is refused; whoever gives none sees what is public, which is nothing. */
  function callerOf({ headers }: IncomingMessage): Caller | null {
    const { name, password, apiKey, may } = server.user;
    const good = [`Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`, `ApiKey ${name}:${apiKey}`];
    if (headers.authorization === undefined) return null;
    if (!good.includes(headers.authorization)) throw new Refusal(401, '');
    return { name, may };
  }

  function create(resource: string, caller: Caller | null, { headers }: IncomingMessage, body: Buffer) {
    if (!caller) throw new Refusal(401, '');
    if (headers['content-length'] === undefined) throw new Refusal(411, 'Length Required');
    const type = headers['content-type'] ?? '';
    if (resource === 'dataset_file') {
      if (!type.startsWith('multipart/form-data')) throw new Refusal(400, 'A file is sent as a form.');
      return created(resource, makeFile(records, caller, formOf(type, body)).id);
    }
    if (type !== 'application/json') throw new Refusal(400, `The format indicated '${type}' had no available deserialization method.`);
    const given = jsonOf(body.toString('utf8'));
    if (resource === 'experiment') return created(resource, makeExperiment(records, caller, given).id);
    if (resource === 'dataset') return created(resource, makeDataset(records, caller, given).id);
    if (resource === 'experimentparameterset') addSet(records, caller, given);
    else if (resource === 'datasetparameterset') addSetToDataset(records, caller, given);
    else throw new Refusal(405, '');
    return created(resource, 1);
  }

  function created(resource: string, id: number) {
    return { status: 201, body: { id }, location: `${server.url}/api/v1/${resource}/${id}/` };
  }

  function remove(resource: string, caller: Caller | null, id: number) {
    const at = records.experiments.findIndex((one) => one.id === id);
    if (resource !== 'experiment' || !caller?.may.delete_experiment) throw new Refusal(401, '');
    if (at < 0) throw new Refusal(404, '');
    records.experiments.splice(at, 1);
    return { status: 204, body: '' };
  }

  function list(resource: string, caller: Caller | null, query: URLSearchParams) {
    const allowed = FILTERS[resource];
    if (!allowed) throw new Refusal(404, '');
    const filters = [...query].filter(([name]) => !['limit', 'offset', 'format'].includes(name));
    for (const [name] of filters)
      if (!allowed.includes(name)) throw new Refusal(400, `The '${name.split('__')[0]}' field does not allow filtering.`);
    if (resource === 'user') return page([{ id: 1, username: caller?.name }], query);
    if (resource === 'dataset_file') for (const file of records.files) file.looks += 1;
    const all = caller ? show(records, resource, server.verifiedAfter) : [];
    return page(
      all.filter((one, i) => filters.every(([name, value]) => valuesOf(resource, one, i, name).includes(value))),
      query,
    );
  }

  function valuesOf(resource: string, record: Json, index: number, filter: string): readonly string[] {
    if (filter === 'experiments__id') return (records.datasets[index]?.experiments ?? []).map(String);
    if (filter === 'dataset__id' && resource === 'dataset_file') return [String(records.files[index]?.dataset)];
    return [String(record[filter])];
  }

  function detail(resource: string, id: number) {
    const found = show(records, resource, server.verifiedAfter).find((one) => one['id'] === id);
    if (!found) throw new Refusal(404, '');
    return { status: 200, body: found };
  }

  return server;
}

/** Tastypie gives no more than a thousand at once. */
function page(all: readonly Json[], query: URLSearchParams) {
  const limit = Math.min(1000, Number(query.get('limit') ?? 20) || 1000);
  const offset = Number(query.get('offset') ?? 0);
  return { status: 200, body: { meta: { limit, offset, total_count: all.length }, objects: all.slice(offset, offset + limit) } };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}
