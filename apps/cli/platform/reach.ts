import type { Platform } from '@kiln/client/kiln';

/** `ann@host`, `ann@host:2222 through gate`. */
export function reach(connection: NonNullable<Platform['connection']>): string {
  const through = connection.jumps.map(login).join(', ');
  return `${login(connection)}${through === '' ? '' : ` through ${through}`}`;
}

function login({ user, host, port }: { user: string; host: string; port: number }): string {
  const address = host.includes(':') ? `[${host}]` : host;
  return `${user}@${address}${port === 22 ? '' : `:${port}`}`;
}
