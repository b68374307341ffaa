import { readFileSync } from 'node:fs';

/** A script that Kiln brings to machines. */
export function asset(name: string): Buffer {
  return readFileSync(new URL(name, import.meta.url));
}
