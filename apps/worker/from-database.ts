import { isDatabaseAway, whyAway } from '@kiln/db/errors';
import { KnownError } from '@kiln/domain';

/** What a step reads of the database while it is under way. If that is away, the job waits for it, and nothing is wrong with the job. */
export async function fromDatabase<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    throw new KnownError('DATABASE_AWAY', `${whyAway(error)}; Kiln goes on by itself when that is mended.`, {
      retryable: true,
      cause: error,
    });
  }
}
