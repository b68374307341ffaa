import { randomInt } from 'node:crypto';
import { quote } from '@kiln/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Shell } from '../shells/shell.ts';
import { Checksum } from './checksum.ts';

export interface ShellUnderTest {
  readonly shell: Shell;
  /** An empty directory on the shell's machine; its name has a space and a quote in it. */
  readonly directory: string;
  /** Runs a line of shell on the shell's machine, by another way than the shell's. */
  sh(line: string): Promise<string>;
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
// biome-ignore format: a line a word would make forty lines of what is read at a glance
const WORDS = [
  'a b  c', '', "it's", '"double"', '$(echo pwned)', '`echo pwned`', '$HOME', `$\{HOME}`, '~', '~root', '*', '/*', '?', '[a-z]', '{a,b}',
  '!', '!!', '#', '&', '|', ';', '<', '>', '\\', '\\n', '%s', '%%', '-n', '--help', '-', '--', '=', 'a=b', 'two\nlines\n', '\n', '\t', '\r',
  "'; echo pwned; '", 'ünïcødé 🔥', '\u0001\u007f', `'"'"'`, 'x'.repeat(10_000),
];

/** What every way to run commands must do. An abort of the signal that `open` gets must kill what runs. */
export function shellContract(name: string, open: (signal: AbortSignal) => Promise<ShellUnderTest>): void {
  describe(name, () => {
    let under: ShellUnderTest;
    let abort: AbortController;
    beforeEach(async () => {
      abort = new AbortController();
      under = await open(abort.signal);
    });
    afterEach(() => under.close());

    const sh = (line: string, ...words: readonly string[]) => under.shell.run(['sh', '-c', line, 'sh', ...words]);
    /** The words of all processes on the machine that hold `word`; a process that looks does not see itself. */
    const processes = async (word: string) =>
      (await under.sh('ps -A -o args')).split('\n').filter((line) => line.includes(word) && !line.includes('ps -A -o args'));
    const path = (file: string) => `${under.directory}/${file}`;
    const write = (file: string, text: string) => under.sh(`printf %s ${quote(text)} >>${quote(path(file))}`);

    test.each([0, 1, 3, 127, 255])('exit code %d is told', async (code) => {
      expect(await sh(`exit ${code}`)).toEqual({ code, stdout: '', stderr: '' });
    });

    test('a command that is not there, and one that a signal ended, have not succeeded', async () => {
      expect((await under.shell.run(['kiln-no-such-command'])).code).toBe(127);
      expect((await sh('kill -9 $$')).code).toBeGreaterThan(127);
    });

    test('standard output and standard error are kept apart; of the latter the end is kept', async () => {
      expect(await sh('echo out; echo err >&2; echo more')).toEqual({ code: 0, stdout: 'out\nmore\n', stderr: 'err\n' });
      const { stderr } = await sh('head -c 1000000 /dev/zero | tr "\\0" x >&2; echo "the end" >&2');
      expect(stderr.length).toBeLessThan(200_000);
      expect(stderr.length).toBeGreaterThan(60_000);
      expect(stderr.endsWith('the end\n')).toBe(true);
    });

    test('words arrive untouched', async () => {
      const { stdout } = await under.shell.run(['printf', '%s\\0', ...WORDS]);
      expect(stdout.split('\0').slice(0, -1)).toEqual(WORDS);
    });

    test('text is read from standard input', async () => {
      const text = WORDS.join('\n');
      expect((await under.shell.run(['cat'], { input: text })).stdout).toBe(text);
      expect((await under.shell.run(['cat'])).stdout).toBe('');
    });

    test('100 MB of input arrive whole', async () => {
      const sum = new Checksum();
      const { stdout } = await under.shell.run(['cksum'], { input: megabytes(100, sum) });
      expect(stdout.trim()).toBe(sum.digest());
    });

    test('a command need not read its input', async () => {
      const sent = new Checksum();
      expect(await under.shell.run(['sh', '-c', 'exit 5'], { input: megabytes(20, sent) })).toMatchObject({ code: 5 });
      expect(await under.shell.run(['true'], { input: 'nobody reads this' })).toMatchObject({ code: 0 });
    });

    test('50 MB of output come as a stream, whole', async () => {
      const sum = new Checksum();
      const line = 'read -r name && seq 1 6500000 && echo "$name"';
      for await (const chunk of under.shell.stream(['sh', '-c', line], 'kiln\n')) sum.add(chunk);
      expect(sum.digest()).toBe((await under.sh('{ seq 1 6500000; echo kiln; } | cksum')).trim());
    });

    test('a stream whose command fails throws with what the command said, after its output', async () => {
      let got = '';
      const reading = (async () => {
        for await (const chunk of under.shell.stream(['sh', '-c', 'echo some; echo "it broke" >&2; exit 3'], '')) got += text(chunk);
      })();
      await expect(reading).rejects.toMatchObject({ name: 'KnownError', message: expect.stringContaining('it broke') });
      expect(got).toBe('some\n');
    });

    test('a stream that nobody reads to its end leaves no process', async () => {
      const sleep = aSleep();
      for await (const chunk of under.shell.stream(['sh', '-c', `echo first; ${sleep}; echo never`], '')) {
        expect(text(chunk)).toBe('first\n');
        break;
      }
      await expect.poll(() => processes(sleep), PATIENCE).toEqual([]);
    });

    test('a command that takes too long is killed with all that it started, and may be tried again', async () => {
      const sleep = aSleep();
      const late = under.shell.run(['sh', '-c', `${sleep} & ${sleep}; echo never`], { timeout: 700 });
      await expect(late).rejects.toMatchObject({ name: 'KnownError', code: 'PLATFORM_UNAVAILABLE', retryable: true });
      await expect.poll(() => processes(sleep), PATIENCE).toEqual([]);
      expect((await sh('echo still usable')).stdout).toBe('still usable\n');
    });

    test('an abort kills what runs, and nothing is begun after it', async () => {
      const sleep = aSleep();
      const running = expect(under.shell.run(['sh', '-c', `${sleep}; echo never`])).rejects.toThrow();
      const streaming = expect(drain(under.shell.stream(['sh', '-c', `${sleep}; echo never`], ''))).rejects.toThrow();
      await expect.poll(async () => (await processes(`sh -c ${sleep}`)).length, PATIENCE).toBeGreaterThanOrEqual(2);
      abort.abort();
      await Promise.all([running, streaming]);
      await expect.poll(() => processes(sleep), PATIENCE).toEqual([]);
      await expect(under.shell.run(['touch', path('begun')])).rejects.toThrow();
      expect(await under.sh(`ls ${quote(under.directory)}`)).toBe('');
    });

    test('what a command leaves in the background goes on', async () => {
      await sh('(until [ -e "$1/go" ]; do sleep 0.05; done; : >"$1/went") </dev/null >/dev/null 2>&1 &', under.directory);
      await write('go', '');
      await expect.poll(() => under.sh(`ls ${quote(under.directory)}`), PATIENCE).toBe('go\nwent\n');
    });

    test('thirty commands at once each get their own answer', async () => {
      const numbers = Array.from({ length: 30 }, (_, i) => String(i));
      const answers = await Promise.all(
        numbers.map((number) => under.shell.run(['sh', '-c', 'cat; sleep 0.1; exit "$1"', 'sh', number], { input: number })),
      );
      expect(answers.map(({ code, stdout }) => [String(code), stdout])).toEqual(numbers.map((number) => [number, number]));
    });

    test('a part of a file is read, and nothing past its end or where there is none', async () => {
      await write('file', 'zero\u00e9\u0001one');
      const read = async (offset: number, length: number, file = 'file') => text(await under.shell.read(path(file), offset, length));
      expect(await read(0, 4)).toBe('zero');
      expect(await read(4, 3)).toBe('\u00e9\u0001');
      expect(await read(7, 1000)).toBe('one');
      for (const past of [10, 11, 1_000_000]) expect(await read(past, 10)).toBe('');
      expect(await read(-3, 1000)).toBe('one');
      expect(await read(-4, 2)).toBe('\u0001o');
      expect(await read(-1000, 1000)).toBe('zero\u00e9\u0001one');
      expect(await read(-10, 10, 'none')).toBe('');
      expect(await read(0, 0)).toBe('');
      expect(await read(0, 10, 'none')).toBe('');
      expect(await read(0, 10, 'no/such/folder')).toBe('');
    });

    test('files are read whatever their names', async () => {
      const names = WORDS.filter((word) => word !== '' && word.length < 100 && !word.includes('/'));
      for (const name of names) await write(name, `content of ${name}`);
      for (const name of names) expect(text(await under.shell.read(path(name), 8, 1000))).toBe(`of ${name}`);
    });

    test('a large file is read whole', async () => {
      await under.sh(`head -c ${20 * MIB} /dev/urandom >${quote(path('large'))}`);
      const sum = new Checksum();
      sum.add(await under.shell.read(path('large'), 0, 30 * MIB));
      expect(await under.sh(`cksum <${quote(path('large'))}`)).toBe(`${sum.digest()}\n`);
    });

    test.each(['file', "it's $(a) file"])('whoever follows %j hears of its growth, until he has enough', async (file) => {
      await write(file, 'old\n');
      const hints = counter();
      const stop = under.shell.follow(path(file), hints.hint);
      await hints.after(() => write(file, 'new\n'));
      await hints.after(() => write(file, 'newer\n'));
      stop();
      await expect.poll(() => processes(under.directory), PATIENCE).toEqual([]);
      const before = hints.count();
      await write(file, 'newest\n');
      await sh('sleep 0.3');
      expect(hints.count()).toBe(before);
    });

    test('whoever follows a file that is not there yet hears of it when it comes', async () => {
      const hints = counter();
      const stop = under.shell.follow(path('later'), hints.hint);
      await hints.after(() => write('later', 'here\n'));
      stop();
    });

    test('many files are followed at once, and each is told of its own growth', async () => {
      const files = Array.from({ length: 12 }, (_, i) => ({ file: `file ${i}`, hints: counter() }));
      for (const { file } of files) await write(file, 'old\n');
      const stops = files.map(({ file, hints }) => under.shell.follow(path(file), hints.hint));
      for (const { file, hints } of files) await hints.after(() => write(file, 'new\n'));
      for (const stop of stops) stop();
      await expect.poll(() => processes(under.directory), PATIENCE).toEqual([]);
    });
  });
}

/** How long to wait for what happens elsewhere, on a busy machine. */
const PATIENCE = { timeout: 20_000, interval: 100 };

/** A command that nobody else runs, and that does not end by itself. */
function aSleep(): string {
  return `sleep ${randomInt(1e8, 2e8)}`;
}

/** Counts hints; growth is repeated until it is heard of, since whoever begins to follow may miss what was just before. */
function counter() {
  let count = 0;
  return {
    hint: () => {
      count++;
    },
    count: () => count,
    async after(grow: () => Promise<unknown>): Promise<void> {
      const before = count;
      await expect
        .poll(
          async () => {
            if (count === before) await grow();
            return count;
          },
          { ...PATIENCE, interval: 300 },
        )
        .toBeGreaterThan(before);
    },
  };
}

/** So many megabytes, none like another, added to `sum` as they are sent. */
async function* megabytes(count: number, sum: Checksum): AsyncIterable<Uint8Array> {
  for (let i = 0; i < count; i++) {
    const chunk = Buffer.alloc(MIB, `${i} kiln `);
    sum.add(chunk);
    yield chunk;
  }
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of stream);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
