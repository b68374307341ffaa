import { KnownError } from '@kiln/domain';

/** Words of operating systems for what passes when somebody makes room or mends the machine. */
const TROUBLES: readonly {
  readonly pattern: RegExp;
  readonly code: 'DISK_FULL' | 'STORAGE_UNWRITABLE';
  readonly retryable: boolean;
  readonly advice: string;
}[] = [
  {
    pattern: /ENOSPC|No space left|Wrote only \d+ of \d+ bytes|EDQUOT|[Qq]uota exceeded/,
    code: 'DISK_FULL',
    retryable: true,
    advice: 'the disk is full; free some space and Kiln goes on by itself',
  },
  {
    pattern: /EACCES|EPERM|Permission denied|Operation not permitted/,
    code: 'STORAGE_UNWRITABLE',
    retryable: false,
    advice: 'permission is denied',
  },
  { pattern: /EROFS|[Rr]ead-only file system/, code: 'STORAGE_UNWRITABLE', retryable: false, advice: 'the file system is read-only' },
  {
    pattern: /ENOTDIR|Not a directory|EEXIST|File exists/,
    code: 'STORAGE_UNWRITABLE',
    retryable: false,
    advice: 'a file stands where a directory is needed',
  },
];

/** What an operating system or a command said, as an error with advice; trouble with no known words may pass, so it is retryable. */
export function toKnownError(error: unknown, what: string): KnownError {
  if (error instanceof KnownError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const trouble = TROUBLES.find(({ pattern }) => pattern.test(text));
  if (trouble) return new KnownError(trouble.code, `${what}: ${trouble.advice}.`, { retryable: trouble.retryable, cause: error });
  const firstLine = text.trim().split('\n')[0] ?? ''; // what follows is what became of it
  return new KnownError('PLATFORM_UNAVAILABLE', `${what}: ${firstLine || 'no reason was given'}`, { retryable: true, cause: error });
}

/** Whether `error` is one of Node's system errors with one of these codes. */
export function isNodeError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
