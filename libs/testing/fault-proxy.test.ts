import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import { listen } from './listen.ts';

/** A server that sends back what it gets, and the proxy before it. */
let server: Awaited<ReturnType<typeof listen>>;
let proxy: FaultProxy;
const clients = new Set<Socket>();

beforeEach(async () => {
  server = await listen((socket) => {
    clients.add(socket.on('error', () => undefined));
    socket.pipe(socket);
  });
  proxy = await faultProxy({ host: '127.0.0.1', port: server.port });
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  clients.clear();
  await Promise.all([proxy.close(), server.close()]);
});

/** A client, and all that it got so far. */
async function client(port = proxy.port) {
  const socket = connect(port, '127.0.0.1');
  clients.add(socket);
  let got = '';
  socket.setEncoding('utf8').on('data', (text) => {
    got += text;
  });
  const gone = new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.once('end', () => resolve('end'));
  });
  await Promise.race([once(socket, 'connect'), gone]);
  return {
    socket,
    gone,
    got: () => got,
    async until(text: string) {
      while (!got.includes(text)) await once(socket, 'data');
    },
  };
}

test('bytes pass whole and in order, and both ends learn of an end', async () => {
  const { socket, gone, got } = await client();
  const text = Array.from({ length: 200_000 }, (_, i) => `${i}\n`).join('');
  socket.end(text);
  expect(await gone).toBe('end');
  expect(got()).toBe(text);
  expect(proxy.connections()).toBe(1);
});

test('what is delayed arrives after what is not, and in its order', async () => {
  const [slow, fast] = [await client(), await client(server.port)];
  proxy.delay(300);
  slow.socket.write('one');
  slow.socket.write('two');
  fast.socket.write('fast');
  await fast.until('fast');
  expect(slow.got()).toBe('');
  await slow.until('onetwo');
});

test('in a black hole nothing arrives and nobody is told; healed, all goes on', async () => {
  const old = await client();
  old.socket.write('before.');
  await old.until('before.');
  proxy.blackhole();
  old.socket.end('after.');
  const young = await client();
  young.socket.write('young.');
  const beside = await client(server.port); // by the time that this one has its echo, the others would have theirs
  beside.socket.write('beside');
  await beside.until('beside');
  expect([old.got(), young.got()]).toEqual(['before.', '']);
  await proxy.heal();
  await young.until('young.');
  expect(await old.gone).toBe('end');
  expect(old.got()).toBe('before.after.');
});

test('all connections can be reset, and new ones are let through', async () => {
  const old = await client();
  old.socket.write('x');
  await old.until('x');
  proxy.drop();
  expect(await old.gone).toBe('ECONNRESET');
  const young = await client();
  young.socket.write('y');
  await young.until('y');
});

test('refused connections are refused, what is connected stays, until it is healed', async () => {
  const old = await client();
  proxy.refuse();
  expect(await (await client()).gone).toBe('ECONNREFUSED');
  old.socket.write('still here');
  await old.until('still here');
  await proxy.heal();
  const young = await client();
  young.socket.write('y');
  await young.until('y');
});

test('a connection is cut after so many bytes, once', async () => {
  const cut = await client();
  proxy.cutAfter(100_000, 'to client');
  cut.socket.write('x'.repeat(1_000_000));
  expect(['ECONNRESET', 'EPIPE', 'end']).toContain(await cut.gone);
  expect(cut.got().length).toBeLessThanOrEqual(100_000);
  const next = await client();
  next.socket.write(`${'x'.repeat(200_000)}!`);
  await next.until('!');
});
