import { useRef } from 'react';

/** An idempotency key made once for each filled form: submitting the same values again, by a double click or after a lost reply, is the same job. */
export function useSubmissionKey(parameters: Readonly<Record<string, unknown>>): string {
  const filledIn = JSON.stringify(parameters);
  const kept = useRef<{ of: string; key: string } | null>(null);
  if (kept.current?.of !== filledIn) kept.current = { of: filledIn, key: randomKey() };
  return kept.current.key;
}

/** `crypto.randomUUID` exists on https and localhost only. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
