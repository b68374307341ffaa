import { useNow } from '../lib/clock.ts';
import { ago, duration, localTime } from '../lib/time.ts';

/** `3 min ago`, ticking; the exact local time is its tooltip. */
export function Ago({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={localTime(at)} style={{ whiteSpace: 'nowrap' }}>
      {ago(at, now)}
    </time>
  );
}

/** How long from `from` to `to`, or until now while `to` is null. */
export function Elapsed({ from, to }: { readonly from: string; readonly to: string | null }) {
  return to === null ? <Running from={from} /> : <Span milliseconds={Date.parse(to) - Date.parse(from)} />;
}

export function Span({ milliseconds }: { readonly milliseconds: number }) {
  return (
    <span className="tabular" style={{ whiteSpace: 'nowrap' }}>
      {duration(milliseconds)}
    </span>
  );
}

function Running({ from }: { readonly from: string }) {
  const elapsed = Math.max(0, useNow() - Date.parse(from));
  return <Span milliseconds={Math.floor(elapsed / 1000) * 1000 || elapsed} />;
}
