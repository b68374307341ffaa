import type { S3Client } from '@aws-sdk/client-s3';
import type { Bucket, Storage } from '@kiln/domain';
import { Objects } from './objects.ts';
import { reading } from './reading.ts';
import { uploading } from './uploading.ts';
import { writing } from './writing.ts';

/** The directory `path` of a bucket, below its prefix, as a storage. */
export function s3Storage(client: () => Promise<S3Client>, bucket: Bucket, path: string, signal: AbortSignal): Storage {
  const root = [...bucket.prefix.split('/'), ...path.split('/')].filter((part) => part !== '' && part !== '.').join('/');
  const objects = new Objects(client, bucket, root, signal);
  return { ...reading(objects), ...writing(objects), uploading: uploading(objects) };
}
