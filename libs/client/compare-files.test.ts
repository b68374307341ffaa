import { expect, test } from 'vitest';
import { compareFiles, type FileReader } from './compare-files.ts';
import type { Subject } from './comparison.ts';
import type { OutputEntry } from './documents.ts';
import { textDiff, unified } from './text-diff.ts';

const subject = (job: string): Subject => ({ job, task: null, ref: job, name: `a${job}`, status: 'succeeded', directory: 'output_0' });
const bytes = (text: string) => new TextEncoder().encode(text);

/** Jobs with files: their texts, or the sizes of those that must not be read. */
class Files implements FileReader {
  reads = 0;
  constructor(private readonly jobs: Readonly<Record<string, Readonly<Record<string, string | number>>>>) {}

  async list(job: string, path: string): Promise<readonly OutputEntry[]> {
    const inside = Object.entries(this.jobs[job] ?? {}).filter(([name]) => name.startsWith(`${path}/`));
    const names = new Set(inside.map(([name]) => name.slice(path.length + 1).split('/')[0] ?? ''));
    return [...names].map((name) => {
      const content = this.jobs[job]?.[`${path}/${name}`];
      const common = { name, path: `${path}/${name}`, modifiedAt: null, node: null };
      if (content === undefined) return { ...common, kind: 'DIRECTORY', size: 0, url: null };
      return { ...common, kind: 'FILE', size: typeof content === 'number' ? content : content.length, url: `${job}:${path}/${name}` };
    });
  }

  async read(entry: OutputEntry): Promise<Uint8Array> {
    this.reads += 1;
    const [job = '', path = ''] = entry.url?.split(':') ?? [];
    const content = this.jobs[job]?.[path];
    if (typeof content !== 'string') throw new Error(`${entry.url} is too long to be read.`);
    return bytes(content);
  }
}

test('files are the same, different or not in all; only those of equal length are read, and no long ones', async () => {
  const files = new Files({
    1: { 'output_0/1/a': 'one', 'output_0/1/b': 'same', 'output_0/2': 'x', 'output_0/big': 1e9, 'output_0/long': 5e8 },
    2: { 'output_0/1/a': 'two', 'output_0/1/b': 'same', 'output_0/10': 'x', 'output_0/big': 1e9, 'output_0/long': 6e8 },
  });
  const { files: found, cut } = await compareFiles([subject('1'), subject('2')], files);
  expect(found.map(({ path, verdict }) => [path, verdict])).toEqual([
    ['1/a', 'different'],
    ['1/b', 'same'],
    ['2', 'some'],
    ['10', 'some'],
    ['big', 'unread'],
    ['long', 'different'],
  ]);
  expect([files.reads, cut]).toEqual([4, false]);
  expect(found[2]?.entries.map((entry) => entry?.size ?? null)).toEqual([1, null]);
});

test('many files are not all read, and very many not all looked at', async () => {
  const many = Object.fromEntries(Array.from({ length: 2500 }, (_, at) => [`output_0/${at % 250}/${at}`, 'x']));
  const files = new Files({ 1: many, 2: many });
  const { files: found, cut } = await compareFiles([subject('1'), subject('2')], files);
  expect([found.length, found.filter(({ verdict }) => verdict === 'same').length, files.reads, cut]).toEqual([1990, 200, 400, true]);
});

test('texts differ line by line, unless they are the same, no text or too different', () => {
  const diff = (a: string, b: string) => textDiff({ name: 'a', bytes: bytes(a) }, { name: 'b', bytes: bytes(b) });
  const lines = diff('1\n2\n3', '1\n2.5\n3');
  expect(lines.kind === 'lines' && unified(lines.patch)).toContain('@@ -1,3 +1,3 @@\n 1\n-2\n+2.5\n 3\n');
  expect(diff('1', '1')).toEqual({ kind: 'same' });
  expect(diff('1\0', '2')).toEqual({ kind: 'binary' });
  const numbers = (from: number) => Array.from({ length: 5000 }, (_, at) => `${from + at}\n`).join('');
  expect(diff(numbers(0), numbers(10_000))).toEqual({ kind: 'unlike' });
});
