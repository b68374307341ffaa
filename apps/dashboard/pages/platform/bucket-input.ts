import type { Draft, Errors } from './draft.ts';

/** What the draft says of a bucket, in the words of the API. */
export function bucketInputOf(draft: Draft) {
  const name = draft['bucket.name'].trim();
  const errors: Errors = name === '' ? { 'bucket.name': 'Say which bucket.' } : {};
  const bucket = {
    name,
    endpoint: draft['bucket.endpoint'].trim().replace(/\/+$/, ''),
    region: draft['bucket.region'].trim(),
    prefix: draft['bucket.prefix'].trim().replace(/^\/+|\/+$/g, ''),
  };
  return { description: draft['description'].trim(), bucket, errors };
}
