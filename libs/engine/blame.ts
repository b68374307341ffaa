import { KnownError } from '@kiln/domain';

/**
 * A stream between a node and the storage for results, where trouble of one end comes out at the other. `node` and `home` run what
 * reads the stream, which comes from the storage (`home`) or from a node (`node`): trouble of the storage is never the node's.
 */
export function blaming(source: AsyncIterable<Uint8Array>) {
  let ofSource: unknown;
  async function* stream(): AsyncIterable<Uint8Array> {
    try {
      yield* source;
    } catch (error) {
      ofSource = error;
      throw error;
    }
  }
  return {
    stream: stream(),
    /** The stream comes from the storage, and `work` is a node's. */
    home: (work: () => Promise<void>): Promise<void> =>
      work().catch((error) => {
        throw ofSource === undefined ? error : storageTrouble(ofSource);
      }),
    /** The stream comes from a node, and `work` is the storage's. */
    node: (work: () => Promise<void>): Promise<void> =>
      work().catch((error) => {
        throw ofSource === undefined ? storageTrouble(error) : ofSource;
      }),
  };
}

/** Trouble that looks like that of a machine is not one if the storage has it. */
export function storageTrouble(error: unknown): unknown {
  if (!(error instanceof KnownError) || error.code !== 'PLATFORM_UNAVAILABLE') return error;
  return new KnownError('STORAGE_UNWRITABLE', error.message, { retryable: error.retryable, cause: error });
}
