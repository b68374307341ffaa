import { PLATFORM_KINDS, type PlatformKind } from '@kiln/domain';
import { many, number } from './time.ts';

/** The API gives kinds of platforms as text. */
export function kindName(kind: string): string {
  return KIND_NAME[PLATFORM_KINDS.find((one) => one === kind) ?? 'unix'];
}

const KIND_NAME: Readonly<Record<PlatformKind, string>> = {
  unix: 'Unix machine',
  slurm: 'Slurm cluster',
  pbs: 'PBS cluster',
  sge: 'Grid Engine cluster',
  cloud: 'Cloud',
  s3: 'S3 bucket',
  http: 'Web server',
  mytardis: 'MyTardis',
};

/** Whose cloud it is. */
export function providerName(provider: string): string {
  return provider === 'ec2' ? 'Amazon EC2' : 'OpenStack';
}

interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** `ann@host`, and `:port` if it is not SSH's own. */
export function loginText({ user, host, port }: Login): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${user}@${shown}${port === 22 ? '' : `:${port}`}`;
}

interface Bucket {
  readonly endpoint: string;
  readonly name: string;
  readonly prefix: string;
}

/** `s3://results/ours`, with the service if it is not Amazon's. */
export function bucketText({ endpoint, name, prefix }: Bucket): string {
  return `s3://${[name, prefix].filter((part) => part !== '').join('/')}${endpoint === '' ? '' : ` at ${endpoint}`}`;
}

interface Places {
  readonly connection: Login | null;
  readonly bucket: Bucket | null;
  readonly url: string | null;
  readonly curator: { readonly url: string } | null;
  readonly cloud: { readonly endpoint: string } | null;
}

/** Null for the machine that Kiln runs on. */
export function addressText({ connection, bucket, url, curator, cloud }: Places): string | null {
  if (cloud) return cloud.endpoint || 'Amazon EC2';
  if (curator) return curator.url;
  if (bucket) return bucketText(bucket);
  return connection ? loginText(connection) : url;
}

const JUMP = /^(?:([^@\s]+)@)?(\[[^\]]+\]|[^@:\s]+)(?::(\d+))?$/;

/** The hops of `ssh -J`: `ann@gateway:2222, inner`. Who names no user is `user`. Null if it is something else. */
export function jumpsOf(text: string, user: string): Login[] | null {
  const words = text
    .split(/[,\s]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const hops = words.flatMap((word) => {
    const match = JUMP.exec(word);
    return match ? [{ user: match[1] ?? user, host: (match[2] ?? '').replace(/^\[|\]$/g, ''), port: Number(match[3] ?? 22) }] : [];
  });
  return hops.length === words.length ? hops : null;
}

interface Link {
  readonly connections: number;
  readonly sessions: number;
  readonly sessionLimit: number;
  readonly state: string;
}

/** `1 connection, 3 of 8 sessions`. */
export function budget({ connections, sessions, sessionLimit, state }: Link): string {
  if (state === 'down') return 'connection lost';
  if (state === 'connecting') return 'connecting…';
  if (connections === 0) return 'not connected';
  return `${many(connections, 'connection')}, ${number(sessions)} of ${number(sessionLimit)} sessions`;
}
