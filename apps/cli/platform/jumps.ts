import { CommandError } from '../exit.ts';

interface Jump {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** `user@host:port,…` as in OpenSSH's ProxyJump: `user` is who logs in where nobody is named. An IPv6 address stands in brackets. */
export function parseJumps(text: string, user: string | undefined): Jump[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^(?:(?<user>[^\s,]+)@)?(?:\[(?<six>[^\]]+)\]|(?<host>[^\s@:,[\]]+))(?::(?<port>\d{1,5}))?$/.exec(part)?.groups;
      const name = match?.['user'] ?? user;
      if (!match || name === undefined)
        throw new CommandError(`${JSON.stringify(part)} is no jump host: write user@host or user@host:port.`);
      return { host: match['six'] ?? match['host'] ?? '', port: Number(match['port'] ?? 22), user: name };
    });
}
