import { useNow } from '../../../lib/clock.ts';
import { ago, localTime } from '../../../lib/time.ts';

/** Until when a task waits for its next attempt. */
export function AgainIn({ notBefore }: { readonly notBefore: string }) {
  const now = useNow();
  return <span title={localTime(notBefore)}>{Date.parse(notBefore) - now < 2000 ? 'again now' : `again ${ago(notBefore, now)}`}</span>;
}
