import { setFlagsFromString } from 'node:v8';

/**
 * For a process through which large files pass. Their buffers are many and soon done with; a collector that for each few of them marks the
 * heap little by little takes more of the processor than the files do (`npm run bench -- --only files`).
 */
export function expectShortLivedBuffers(): void {
  setFlagsFromString('--no-incremental-marking');
}
