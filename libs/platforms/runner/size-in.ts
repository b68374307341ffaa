import { KnownError } from '@kiln/domain';

/** What `bytes.sh` printed. */
export function sizeIn(answer: string): number {
  if (/^\d+\n$/.test(answer)) return Number(answer);
  throw new KnownError('PLATFORM_UNAVAILABLE', `“stat” answered “${answer.slice(0, 100)}”.`, { retryable: true });
}
