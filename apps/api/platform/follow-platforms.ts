import type { PlatformRow } from '@kiln/db/platforms';
import { Bell } from '../bell.ts';
import type { Hub } from '../hub.ts';
import { stoppable } from '../stoppable.ts';

/**
 * The platforms that `load` gives, as they are now, and then each again whenever it has changed. Where `load` gives one by name, null
 * tells that it is gone, and is the end.
 */
export function followPlatforms(hub: Hub, load: () => Promise<readonly (PlatformRow | null)[]>): AsyncIterableIterator<PlatformRow | null> {
  const bell = new Bell();
  const off = hub.on('platforms', () => bell.ring());
  return stoppable(run(), () => {
    off();
    bell.close();
  });

  async function* run(): AsyncGenerator<PlatformRow | null, void> {
    const told = new Map<string, string>();
    try {
      while (!bell.closed) {
        for (const platform of await load()) {
          const state = JSON.stringify(platform);
          if (platform && told.get(platform.name) === state) continue;
          if (platform) told.set(platform.name, state);
          yield platform;
          if (!platform) return;
        }
        await bell.wait();
      }
    } finally {
      off();
    }
  }
}
