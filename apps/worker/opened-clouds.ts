import { createHash } from 'node:crypto';
import type { Cloud } from '@kiln/domain';

/** What is open to clouds, one for each, as long as it is the same cloud and the same key. */
export interface OpenedClouds<T> {
  /** What is open to the cloud of the platform `name`, or else what `open` makes of it. */
  get(name: string, cloud: Cloud, sealed: Buffer, open: () => T): T;
  forget(name: string): void;
}

/** A name may be another platform's by now, so the cloud's own tag counts; and another worker may have stored another key. */
export function createOpenedClouds<T>(): OpenedClouds<T> {
  const byTag = new Map<string, { readonly name: string; readonly what: string; readonly opened: T }>();
  return {
    get(name, cloud, sealed, open) {
      const { tag, endpoint, region, interface: side } = cloud;
      const what = JSON.stringify([endpoint, region, side, createHash('sha256').update(sealed).digest('hex')]);
      const known = byTag.get(tag);
      if (known?.what === what) return known.opened;
      const opened = open();
      byTag.set(tag, { name, what, opened });
      return opened;
    },
    forget(name) {
      for (const [tag, known] of byTag) if (known.name === name) byTag.delete(tag);
    },
  };
}
