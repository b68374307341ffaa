import type { Connection } from '@kiln/domain';
import type { Shell } from '../shells/shell.ts';
import type { ShownHostKey } from '../shells/ssh.ts';

/** A machine that a copy begins or ends on. */
export interface DirectMachine {
  /** Of the platform. */
  readonly name: string;
  readonly connection: Connection;
  /** Kiln's own directory there. */
  readonly root: string;
  /** What runs through it ends when `signal` aborts. */
  shell(signal: AbortSignal): Shell;
  /** Its own, as it was pinned. */
  hostKey(): Promise<ShownHostKey>;
}

/** For `login.sh`: where there is room on the client under the name `id`, and how it comes to `server`. */
export function loginArguments(client: DirectMachine, id: string, { connection }: DirectMachine): readonly string[] {
  return [client.root, id, String(connection.port), connection.user, connection.host];
}

export async function knownHost(server: DirectMachine): Promise<string> {
  const { type, key } = await server.hostKey();
  return `kiln ${type} ${key}\n`;
}
