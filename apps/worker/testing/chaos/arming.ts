import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armingFile, isOnNode } from './node-points.ts';
import type { Armed, Hit } from './points.ts';

/** Arms the points of workers and those on nodes in a directory in which they look: see `observer` and `runnerWithPoints`. */
export class Arming {
  private onNodes: readonly Armed[] = [];

  constructor(private readonly directory: string) {}

  /** From now on these are armed and no others. */
  async set(armed: readonly Armed[]): Promise<void> {
    const onNodes = armed.filter(({ point }) => isOnNode(point));
    for (const one of this.onNodes) if (!onNodes.some(({ id }) => id === one.id)) await rm(this.file(one), { force: true });
    for (const one of onNodes) if (!this.onNodes.some(({ id }) => id === one.id)) await writeFile(this.file(one), '');
    this.onNodes = onNodes;
    const hidden = join(this.directory, 'armed.next');
    await writeFile(hidden, JSON.stringify(armed.filter(({ point }) => !isOnNode(point))));
    await rename(hidden, join(this.directory, 'armed.json'));
  }

  /** Who came there; null if nobody has yet. */
  async hit(id: number): Promise<Hit | null> {
    const file = join(this.directory, `hit-${id}`);
    if (!existsSync(file)) return null;
    const text = await readFile(file, 'utf8');
    return text === '' ? null : (JSON.parse(text) as Hit); // whoever comes there writes it; empty for a moment, or for good if it was killed then
  }

  /** Whoever came there, or comes yet, goes on. */
  async letGo(id: number): Promise<void> {
    await writeFile(join(this.directory, `done-${id}`), '');
  }

  private file({ point, id }: Armed): string {
    return join(this.directory, armingFile(point, id));
  }
}
