import { KnownError, type Storage, type Uploading } from '@kiln/domain';

/** Whether a file is in its place, as far as its size and time tell. */
export function hasBy(stat: Storage['stat']): Uploading['has'] {
  return async ({ path, size, modified }) => {
    const found = await stat(path).catch((error) => {
      if (error instanceof KnownError && error.code === 'NOT_FOUND') return null;
      throw error;
    });
    if (found?.kind !== 'file' || found.modifiedAt === null) return false;
    return found.size === size && Math.floor(Date.parse(found.modifiedAt) / 1000) === modified;
  };
}
