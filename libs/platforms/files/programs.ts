import { rm } from 'node:fs/promises';
import { asset } from '../runner/asset.ts';
import { sizeIn } from '../runner/size-in.ts';
import type { Shell } from '../shells/shell.ts';
import { TAR } from '../tar.ts';
import { toKnownError } from '../trouble.ts';

/** Payloads leave directories that even their owner may not write. */
const REMOVE = 'chmod -R u+rwX "$1"; exec rm -rf "$1"';

/** Programs that work on files of this machine. */
export class Programs {
  constructor(private readonly shell: Shell) {}

  /** @throws KnownError that begins with `what` if the exit code is not 0 */
  async run(argv: readonly string[], what: string, input?: AsyncIterable<Uint8Array>): Promise<string> {
    const options = { timeout: 24 * 3_600_000, ...(input ? { input } : {}) };
    const { code, stdout, stderr } = await this.shell.run(argv, options).catch((error) => {
      throw toKnownError(error, what);
    });
    if (code !== 0) throw toKnownError(new Error(stderr || `exit code ${code}`), what);
    return stdout;
  }

  async unpack(directory: string, archive: AsyncIterable<Uint8Array>, what: string): Promise<void> {
    await this.run([...TAR, '-xf', '-', '--no-same-owner', '-C', directory], what, archive);
  }

  /** What is in a directory, as a `Tally` tells it. */
  tally(directory: string, what: string): Promise<string> {
    return this.run(['sh', '-c', `${asset('inputs.sh')}tally "$1"`, 'sh', directory], what);
  }

  /** How many bytes the files hold that are in directories, or are themselves named. */
  async size(paths: readonly string[], what: string): Promise<number> {
    return sizeIn(await this.run(['sh', '-c', `${asset('bytes.sh')}bytes "$@"`, 'sh', ...paths], what));
  }

  pack(directory: string): AsyncIterable<Uint8Array> {
    return this.shell.stream([...TAR, '-cf', '-', '-C', directory, '.'], '');
  }

  async remove(path: string): Promise<void> {
    const what = `${path} could not be removed`;
    await rm(path, { recursive: true, force: true }).catch(() => this.run(['sh', '-c', REMOVE, 'sh', path], what));
  }
}
