import type { EC2Client, EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { CloudPlace, Ec2Key } from '@kiln/domain';

export type { EC2Client };

/** Milliseconds. */
const CONNECT = 10_000;
const SILENCE = 30_000;
/** Of a question; waiting in between, also for as long as the cloud says, is the client's matter. */
const TRIES = 4;
/** Of an answer; a page of a list has at most a thousand entries. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Imported only where there is such a cloud: it is large. */
export const sdk = () => import('@aws-sdk/client-ec2');
export type Sdk = Awaited<ReturnType<typeof sdk>>;

/** Speaks to one region with one key. All that it would else look for in the environment or below `~/.aws` is said here. */
export async function clientOf(cloud: CloudPlace, { accessKeyId, secretAccessKey }: Ec2Key): Promise<EC2Client> {
  const { EC2Client } = await sdk();
  const config: EC2ClientConfig = {
    region: cloud.region,
    credentials: { accessKeyId, secretAccessKey },
    authSchemePreference: [],
    defaultsMode: 'standard',
    disableClockSkewCorrection: false,
    maxAttempts: TRIES,
    retryMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: async () => undefined,
    requestHandler: { connectionTimeout: CONNECT, socketTimeout: SILENCE },
    streamCollector: collect,
  };
  return new EC2Client({ ...config, endpoint: cloud.endpoint || amazons(cloud.region, new EC2Client(config)) });
}

/** Where Amazon has it in a region. The client knows, but would let the environment say otherwise. */
function amazons(region: string, { config }: EC2Client): string {
  return config.endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false }).url.origin;
}

/** The whole answer, unless it has no end. */
async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > MOST_BYTES) throw new Error('the answer has more than 32 MiB');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
