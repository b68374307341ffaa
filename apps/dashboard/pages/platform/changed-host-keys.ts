import type { HostKey } from '@kiln/domain';

/** A fingerprint as OpenSSH writes it. */
const FINGERPRINT = /SHA256:[A-Za-z0-9+/]{43}/g;

interface Checked {
  readonly hostKeys: readonly HostKey[];
  readonly findings: readonly { readonly status: string; readonly message: string }[];
}

/** The fingerprints that the last check met instead of those that are pinned. */
export function changedHostKeys({ hostKeys, findings }: Checked): readonly string[] {
  const pinned = hostKeys.map(({ fingerprint }) => fingerprint);
  const met = findings.flatMap(({ status, message }) => (status === 'failed' ? (message.match(FINGERPRINT) ?? []) : []));
  return [...new Set(met)].filter((fingerprint) => !pinned.includes(fingerprint));
}
