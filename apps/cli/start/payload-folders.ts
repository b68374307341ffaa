import { join, resolve } from 'node:path';

interface Places {
  readonly installation: string;
  readonly home: string;
  readonly payloads: readonly string[];
}

/** Where connectors are looked for: those of the installation, the user's own, and more. */
export function payloadFolders({ installation, home, payloads }: Places): string[] {
  return [join(installation, 'payloads'), join(home, 'payloads'), ...payloads.map((folder) => resolve(folder))];
}
