import type { Platform } from '@kiln/client/kiln';

/** `ann@host`, `ann@host:2222 through gate`. */
export function reach(connection: NonNullable<Platform['connection']>): string {
  const through = connection.jumps.map(login).join(', ');
  return `${login(connection)}${through === '' ? '' : ` through ${through}`}`;
}

/** `s3://results/ours`, with the service if it is not Amazon's. */
export function bucketText({ endpoint, name, prefix }: NonNullable<Platform['bucket']>): string {
  return `s3://${[name, prefix].filter(Boolean).join('/')}${endpoint && ` at ${endpoint}`}`;
}

/** `ann at https://mytardis.example.org`. */
export function curatorText({ url, user }: NonNullable<Platform['curator']>): string {
  return `${user} at ${url}`;
}

/** Where a platform is. */
type Place = Pick<Platform, 'connection' | 'bucket' | 'url' | 'curator' | 'cloud'>;
export function whereabouts({ connection, bucket, url, curator, cloud }: Place): string {
  if (cloud) return `${cloud.size} with ${cloud.image} at ${cloud.endpoint || 'Amazon EC2'}`;
  if (curator) return curatorText(curator);
  if (bucket) return bucketText(bucket);
  return connection ? reach(connection) : (url ?? 'this machine');
}

function login({ user, host, port }: { user: string; host: string; port: number }): string {
  const address = host.includes(':') ? `[${host}]` : host;
  return `${user}@${address}${port === 22 ? '' : `:${port}`}`;
}
