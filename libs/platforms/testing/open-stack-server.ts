import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Answer, Asking } from '../clouds/openstack/http.ts';
import type { OpenStackDouble } from './open-stack.ts';

/** What answers a call from the port `caller` of this machine. */
export type Answering = (asking: Asking, signal: AbortSignal, caller: number) => Promise<Answer>;

/** Has the double answer on loopback, for processes of their own; `answering` may stand before it. A call that is lost ends without an answer. */
export async function serveOpenStack(
  double: OpenStackDouble,
  answering: Answering = double.ask,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const http = createServer((request, response) => {
    answer(double, request, answering).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...Object.fromEntries(headers), 'content-type': 'application/json' });
        response.end(status === 204 ? undefined : JSON.stringify(body));
      },
      (error) => response.destroy(error),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  double.root = `http://127.0.0.1:${address.port}`;
  return {
    url: double.root,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

async function answer(double: OpenStackDouble, request: IncomingMessage, answering: Answering): Promise<Answer> {
  const method = request.method as Asking['method']; // Kiln knows no others
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const body = method === 'POST' ? await json(request) : undefined;
  const asking = { method, url: `${double.root}${request.url}`, headers, body };
  return answering(asking, new AbortController().signal, request.socket.remotePort ?? 0);
}
