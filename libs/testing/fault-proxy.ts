import { connect, type Socket } from 'node:net';
import { listen } from './listen.ts';
import { type Direction, type Network, relay } from './relay.ts';

/** A TCP proxy on 127.0.0.1 that spoils the network between a client and a server. */
export interface FaultProxy {
  readonly port: number;
  /** How many connections were ever made through it. */
  connections(): number;
  /** Every byte arrives so many milliseconds later, in both directions. */
  delay(milliseconds: number): void;
  /** Bytes stop, in both directions, on old and new connections, and nobody is told; `heal` lets them go on. */
  blackhole(): void;
  /** Resets all connections now. */
  drop(): void;
  /** Resets a connection when `bytes` more have passed in this direction, on whichever that happens. */
  cutAfter(bytes: number, direction: Direction): void;
  /** Nothing listens any more; what is connected stays so. */
  refuse(): void;
  /** Ends all faults. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export async function faultProxy(target: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const network: Network = { delay: 0, open: true, left: { 'to server': null, 'to client': null }, opened: new Set() };
  let connections = 0;

  const welcome = (client: Socket) => {
    connections++;
    const server = connect({ ...target, allowHalfOpen: true });
    client.allowHalfOpen = true;
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    }
    relay(client, server, 'to server', network);
    relay(server, client, 'to client', network);
  };

  let listener: Awaited<ReturnType<typeof listen>> | null = await listen(welcome);
  const { port } = listener;
  const stopListening = () => {
    // A listener is closed only when its connections are; that nothing listens holds at once.
    void listener?.close();
    listener = null;
  };
  const drop = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    connections: () => connections,
    delay: (milliseconds) => {
      network.delay = milliseconds;
    },
    blackhole: () => {
      network.open = false;
    },
    drop,
    cutAfter: (bytes, direction) => {
      network.left[direction] = bytes;
    },
    refuse: stopListening,
    async heal() {
      network.delay = 0;
      network.left = { 'to server': null, 'to client': null };
      network.open = true;
      for (const go of network.opened) go();
      listener ??= await listen(welcome, port);
    },
    async close() {
      stopListening();
      drop();
    },
  };
}
