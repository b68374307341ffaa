import { dirname, join } from 'node:path/posix';
import { type JobRef, jobDirectory, journalPath, KnownError, type Look, type NodeRef, type Site } from '@kiln/domain';
import { compressed, decompressed } from './compression.ts';
import { listAtMost as listHere, reading as readingHere } from './files/reading.ts';
import { listAtMost as listThere, reading as readingThere } from './files/remote/reading.ts';
import { Scripts } from './files/remote/script.ts';
import { noRoom } from './files/room.ts';
import { Root } from './files/root.ts';
import { asset } from './runner/asset.ts';
import { parseJournal } from './runner/journal.ts';
import { sizeIn } from './runner/size-in.ts';
import type { RunOptions, RunResult, Shell } from './shells/shell.ts';
import { once } from './shells/streams.ts';
import { TAR } from './tar.ts';
import { toKnownError } from './trouble.ts';

/** The most of a journal that one look reads: some ten thousand tasks. */
export const LOOK_BYTES = 1024 * 1024;
/** Trees are unpacked, copied and removed; milliseconds. */
export const LONG = 24 * 3_600_000;

/** A job's directory on one of its nodes, and what can be done there through a shell. */
export class JobOnNode {
  /** The node's. */
  readonly name: string;
  readonly directory: string;

  constructor(
    private readonly shell: Shell,
    job: JobRef,
    private readonly node: NodeRef,
  ) {
    this.name = node.name;
    this.directory = join(node.root, jobDirectory(job));
  }

  /** Runs a command of the job's `node.sh`; `what` says what could not be done if it fails. */
  async ask(command: readonly string[], what: string, options?: RunOptions): Promise<string> {
    return (await this.askIfPrepared(command, what, options)) ?? this.gone();
  }

  /** The same; null if the runner's files are not there. */
  async askIfPrepared(command: readonly string[], what: string, options?: RunOptions): Promise<string | null> {
    const result = await this.run(ifThere(this.nodeCommand(command)), what, options);
    return this.orNull(result, what);
  }

  /** Ends the job's processes; they are found even if its directory is gone, by `script`, a copy of `node.sh`. */
  async stop(script: Uint8Array): Promise<void> {
    const what = 'Processes could not be ended';
    if ((await this.askIfPrepared(['stop'], what)) !== null) return;
    await this.askCopy(script, ['stop'], what);
  }

  /** Makes the job's directory for a round of it; what an earlier one left is ended and removed. `script` is a copy of `node.sh`. */
  async prepare(script: Uint8Array, round: number, size: number, what: string): Promise<void> {
    await this.askCopy(script, ['prepare', String(round), String(size)], what, LONG);
  }

  /** How many bytes the files hold that are in directories of the job's, or are themselves named; `paths` are lines. */
  async size(paths: string): Promise<number> {
    const what = 'The size of results could not be asked';
    const script = `${asset('bytes.sh')}${SIZE}`; // brought along: what lies on the node may be of an older Kiln
    return sizeIn(await this.must(['sh', '-c', script, 'sh', this.directory], what, { input: paths, timeout: LONG }));
  }

  /** Whether there was an earlier round of the job, and nothing of this one lies there yet. */
  async isOfEarlier(script: Uint8Array, round: number, what: string): Promise<boolean> {
    return (await this.askCopy(script, ['another', String(round)], what)).trim() === 'another';
  }

  private async askCopy(script: Uint8Array, command: readonly string[], what: string, timeout?: number): Promise<string> {
    const options = { input: once(script), ...(timeout ? { timeout } : {}) };
    return this.demand(await this.run(['sh', '-s', this.directory, ...command], what, options), what);
  }

  /** Of a command whose script is missing, null: the job's directory is gone for good. */
  private async orNull(result: RunResult, what: string): Promise<string | null> {
    if (!isMissing(result)) return this.demand(result, what);
    await this.needRoot();
    return null;
  }

  /** Of the job's `array.sh`; null if the runner's files are not there. */
  async arrayIfPrepared(command: readonly string[], what: string): Promise<string | null> {
    return this.orNull(await this.run(ifThere(this.arrayCommand(command)), what), what);
  }

  /** Runs a command of the job's `array.sh`. */
  async array(command: readonly string[], what: string, options?: RunOptions): Promise<string> {
    const result = await this.run(ifThere(this.arrayCommand(command)), what, options);
    return isMissing(result) ? this.gone() : this.demand(result, what);
  }

  /** The same, and the exit code is the caller's to judge. */
  async tryArray(command: readonly string[], options?: RunOptions): Promise<RunResult> {
    const result = await this.shell.run(ifThere(this.arrayCommand(command)), options);
    return isMissing(result) ? this.gone() : result;
  }

  /** The standard output of a command of the job's `node.sh` as it comes. */
  private async *stream(command: readonly string[], input: string): AsyncIterable<Uint8Array> {
    await this.needPrepared();
    yield* this.shell.stream(['sh', ...this.nodeCommand(command)], input);
  }

  /** @throws KnownError NODE_LOST: somebody removed the directory, and nothing that was in it comes back */
  async needPrepared(): Promise<void> {
    if (!(await this.isPrepared())) await this.gone();
  }

  private async gone(): Promise<never> {
    await this.needRoot();
    throw new KnownError(
      'NODE_LOST',
      `The job's directory ${this.directory} on ${this.node.name} is gone, with the results that were not home yet.`,
    );
  }

  /** A tar archive of what a command of the job's `node.sh` packs, compressed on the way if that pays. */
  async *packed(command: string, input: string): AsyncIterable<Uint8Array> {
    if (this.shell.isFar?.()) yield* decompressed(this.stream([command, 'z'], input));
    else yield* this.stream([command], input);
  }

  async unpack(path: string, archive: AsyncIterable<Uint8Array>, what: string): Promise<void> {
    const { z, input } = this.onTheWay(archive);
    await this.must([...TAR, `-x${z}f`, '-', '-C', join(this.directory, path)], what, { input, timeout: LONG });
  }

  /** Sets up `count` tasks of a wave, as `fill` of `node.sh` does, and resolves with what it has to say. */
  async fill(wave: string, count: number, archive: AsyncIterable<Uint8Array>, what: string): Promise<string> {
    const { z, input } = this.onTheWay(archive);
    return (await this.ask(['fill', wave, String(count), z], what, { input, timeout: LONG })).trim();
  }

  /** Compressed if that pays; then `z` says so. */
  private onTheWay(archive: AsyncIterable<Uint8Array>): { readonly z: 'z' | ''; readonly input: AsyncIterable<Uint8Array> } {
    return this.shell.isFar?.() ? { z: 'z', input: compressed(archive) } : { z: '', input: archive };
  }

  /** Runs some lines of shell, whose "$1" is the job's directory, and resolves with their standard output. */
  async script(lines: string, args: readonly string[], what: string, input = ''): Promise<string> {
    return this.must(['sh', '-c', lines, 'sh', this.directory, ...args], what, { input, timeout: LONG });
  }

  async remove(what: string): Promise<void> {
    await this.must(['rm', '-rf', this.directory], what);
  }

  read(path: string, offset: number, length: number): Promise<Uint8Array> {
    return this.shell.read(join(this.directory, path), offset, length);
  }

  files(directory: string): ReturnType<Site['files']> {
    if (this.shell.here) {
      const root = new Root(this.directory, directory);
      return { ...readingHere(root), list: (path, most) => listHere(root, path, most) };
    }
    const scripts = new Scripts(this.shell, this.directory, this.directory, directory);
    return { ...readingThere(scripts), list: (path, most) => listThere(scripts, path, most) };
  }

  follow(path: string, hint: () => void): () => void {
    return this.shell.follow(join(this.directory, path), hint);
  }

  /** Whether the runner's files are there. */
  async isPrepared(): Promise<boolean> {
    return (await this.read('.kiln/node.sh', 0, 1)).length > 0;
  }

  /** @throws KnownError, retryable, if all that is beside the directory is gone, too: a file system may not be mounted */
  private async needRoot(): Promise<void> {
    if (this.shell.here) return;
    const above = dirname(this.node.root);
    const { code } = await this.shell.run(['test', '-d', above]);
    if (code === 0) return;
    const advice = 'if its file system is not mounted, mount it; if it was removed, check the platform, which makes it again';
    throw new KnownError('PLATFORM_UNAVAILABLE', `${above} on ${this.node.name} is not there: ${advice}.`, { retryable: true });
  }

  async look(batch: string, offset: number): Promise<Look> {
    const news = await this.readJournal(batch, offset);
    if (news.runner !== null) return { ...news, runner: news.runner };
    const answer = await this.askIfPrepared(['runner', batch], 'The runner could not be asked');
    if (answer === null) return { ...news, runner: 'gone' };
    const runner = runnerState(answer);
    if (runner === 'running') return { ...news, runner };
    // It may have written its last lines between the two looks.
    const last = await this.readJournal(batch, offset);
    return { ...last, runner: last.runner ?? runner };
  }

  /** What the journal says from `offset` on; if nothing, it does not tell how the runner is. */
  private async readJournal(batch: string, offset: number): Promise<Omit<Look, 'runner'> & { runner: Look['runner'] | null }> {
    const { entries, length, ended } = parseJournal(await this.read(journalPath(batch), offset, LOOK_BYTES));
    return { entries, offset: offset + length, runner: ended ? 'ended' : length > 0 ? 'running' : null };
  }

  private arrayCommand(command: readonly string[]): readonly string[] {
    return [join(this.directory, '.kiln/array.sh'), this.directory, ...command];
  }

  private nodeCommand(command: readonly string[]): readonly string[] {
    return [join(this.directory, '.kiln/node.sh'), this.directory, ...command];
  }

  private async must(argv: readonly string[], what: string, options?: RunOptions): Promise<string> {
    return this.demand(await this.run(argv, what, options), what);
  }

  private run(argv: readonly string[], what: string, options?: RunOptions): Promise<RunResult> {
    return this.shell.run(argv, options).catch((error) => {
      throw toKnownError(error, `${what} on ${this.node.name}`);
    });
  }

  /** The command's standard output; anything but exit code 0 is an error. */
  private demand({ code, stdout, stderr }: RunResult, what: string): string {
    if (code === 0) return stdout;
    const [, needed, free] = /^kiln: full (\d+) (\d+)$/m.exec(stderr) ?? [];
    if (free !== undefined) throw noRoom(`${what} on ${this.node.name} in ${this.directory}`, Number(needed) * 1024, Number(free) * 1024);
    const error = toKnownError(new Error(stderr || `exit code ${code}`), `${what} on ${this.node.name}`);
    if (this.shell.here || error.retryable) throw error;
    // On other machines permissions come back: a ticket is renewed, a file system is mounted again.
    throw new KnownError(error.code, error.message, { retryable: true, cause: error });
  }
}

/** A directory that is gone holds nothing: whoever wants what was in it is told. */
const SIZE = 'cd "$1" 2>/dev/null || { echo 0; exit; }; set --; while read -r path; do set -- "$@" "$path"; done; bytes "$@"';

/** What is said if the script is missing; one conversation finds that out and runs it. */
const MISSING = { code: 113, words: 'kiln: the script is not there' };
const IF_THERE = `[ -s "$1" ] || { echo "${MISSING.words}" >&2; exit ${MISSING.code}; }; exec sh "$@"`;

function ifThere(scriptAndArguments: readonly string[]): readonly string[] {
  return ['sh', '-c', IF_THERE, 'sh', ...scriptAndArguments];
}

function isMissing({ code, stderr }: RunResult): boolean {
  return code === MISSING.code && stderr.includes(MISSING.words);
}

function runnerState(answer: string): Look['runner'] {
  const word = answer.trim();
  if (word === 'running' || word === 'ended' || word === 'dead') return word;
  throw new KnownError('PLATFORM_UNAVAILABLE', `The runner answered “${word}”.`, { retryable: true });
}
