import type { CloudUse } from './provider.ts';

/** Keys of what is noted with each machine, in the cloud itself. */
export const KEYS = {
  installation: 'kiln-installation',
  platform: 'kiln-platform',
  job: 'kiln-job',
  number: 'kiln-number',
  hostKey: 'kiln-host-key',
  home: 'kiln-home',
} as const;

/** A key pair and a security group of this name are Kiln's, and made for one platform of one installation. */
export function nameOfOurs({ cloud, installation }: Pick<CloudUse, 'cloud' | 'installation'>): string {
  return `kiln-${installation}-${cloud.tag}`;
}
