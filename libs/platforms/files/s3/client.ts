import type { S3Client } from '@aws-sdk/client-s3';

export type { S3Client };

import type { AccessKey, Bucket } from '@kiln/domain';

/** Milliseconds. */
const CONNECT = 10_000;
const SILENCE = 120_000;

/** Imported only where there is a bucket: it is large. */
export const sdk = () => import('@aws-sdk/client-s3');

/** Speaks to the service of a bucket. Checksums that other services than Amazon's do not know are left out. */
export async function clientOf({ endpoint, region, pathStyle }: Bucket, key: AccessKey): Promise<S3Client> {
  const { S3Client } = await sdk();
  return new S3Client({
    ...(endpoint && { endpoint }),
    region: region || 'us-east-1',
    forcePathStyle: pathStyle,
    credentials: { ...key },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT, socketTimeout: SILENCE },
  });
}
