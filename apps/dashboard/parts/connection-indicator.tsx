import { useConnection } from '../lib/connection.ts';

const WORDS = {
  connecting: { label: 'Connecting', title: 'Connecting to Kiln.', color: 'var(--kiln-waiting)' },
  live: { label: 'Live', title: 'Connected: changes appear by themselves.', color: 'var(--kiln-succeeded)' },
  reconnecting: {
    label: 'Reconnecting',
    title: 'The connection is lost: what you see may be old. Trying again; nothing will be missed.',
    color: 'var(--kiln-blocked)',
  },
} as const;

export function ConnectionIndicator() {
  const state = useConnection();
  const { label, title, color } = WORDS[state];
  return (
    <span
      role="status"
      aria-label={`Connection: ${label}`}
      title={title}
      style={{ display: 'inline-flex', alignItems: 'center', gap: 6, color, fontSize: 12, fontWeight: 500 }}
    >
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
        <circle cx="4" cy="4" r="3" fill={state === 'live' ? 'currentColor' : 'none'} stroke="currentColor" strokeWidth="2" />
      </svg>
      <span>{label}</span>
    </span>
  );
}
