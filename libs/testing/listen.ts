import { createServer, type Socket } from 'node:net';

/** Listens on 127.0.0.1, on a free port unless one is named. */
export async function listen(welcome: (socket: Socket) => void, on = 0): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer(welcome);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(on, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('A TCP server has no port.');
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
