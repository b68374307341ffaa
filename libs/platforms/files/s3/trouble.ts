import { type Bucket, KnownError } from '@kiln/domain';
import { toKnownError } from '../../trouble.ts';

type Words = (bucket: Bucket) => string;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and what other services say in their place. All of it passes. */
const TROUBLES: readonly { readonly names: RegExp; readonly code: KnownError['code']; readonly words: Words }[] = [
  { names: /^NoSuchBucket$/, code: 'STORAGE_UNWRITABLE', words: ({ name }) => `there is no bucket ${name}` },
  {
    names: /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/,
    code: 'STORAGE_UNWRITABLE',
    words: ({ name, region }) => `the bucket ${name} is not in the region ${region || 'that was given'}; change it on its page`,
  },
  {
    names: /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired)$/,
    code: 'LOGIN_REFUSED',
    words: () => 'the access key is not accepted; give another one on its page',
  },
  {
    names: /^(AccessDenied|Forbidden|AllAccessDisabled|AccountProblem)$/,
    code: 'LOGIN_REFUSED',
    words: ({ name }) => `the access key may not do that in the bucket ${name}; let its owner allow it, or give another key`,
  },
  {
    names: /^(RequestTimeTooSkewed|RequestExpired)$/,
    code: 'STORAGE_UNWRITABLE',
    words: () => 'the clock of this machine is wrong',
  },
  {
    names: /^(QuotaExceeded|XMinioStorageFull|InsufficientStorage|XMinioAdminBucketQuotaExceeded|EntityTooLarge)$/,
    code: 'DISK_FULL',
    words: () => 'there is no more room; make some and Kiln goes on by itself',
  },
];

/** What the client throws, as an error with advice; all of it may pass. */
export function s3Trouble(error: unknown, what: string, bucket: Bucket): KnownError {
  if (error instanceof KnownError) return error;
  const name = error instanceof Error ? error.name : '';
  const status = statusOf(error);
  const trouble = TROUBLES.find(({ names }) => names.test(name) || (status === 403 && names.test('Forbidden')));
  if (trouble) return new KnownError(trouble.code, `${what}: ${trouble.words(bucket)}.`, { retryable: true, cause: error });
  const { code, message } = toKnownError(error, what);
  return new KnownError(code, message, { retryable: true, cause: error });
}

/** Of what is not there. */
export function isMissing(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  return name === 'NoSuchKey' || name === 'NotFound' || (statusOf(error) === 404 && name !== 'NoSuchBucket');
}

export function isPastEnd(error: unknown): boolean {
  return statusOf(error) === 416;
}

/** Of an upload that has ended, or that somebody has ended. */
export function isNoUpload(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchUpload';
}

/** Of bytes that are not those of their checksum. */
export function isBadDigest(error: unknown): boolean {
  return error instanceof Error && /^(BadDigest|InvalidDigest|XAmzContentSHA256Mismatch)$/.test(error.name);
}

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return null;
  const metadata = error.$metadata as { httpStatusCode?: number }; // the client's errors all have it
  return metadata.httpStatusCode ?? null;
}
