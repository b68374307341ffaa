import type { FilePage, Question, Storage } from '@kiln/domain';
import { directoriesFirst } from '@kiln/platforms/files/entries';

/** The most bytes of one answer. */
export const MOST_BYTES = 4 * 1024 * 1024;

type FileQuestion = Extract<Question, { kind: 'list-files' | 'stat-file' | 'read-file' }>;

/** What somebody wants to see of a storage, whoever put it there. */
export async function answerFiles(storage: Storage, question: FileQuestion): Promise<{ value: unknown; body?: Uint8Array }> {
  switch (question.kind) {
    case 'list-files':
      return { value: await pageOf(storage, question) };
    case 'stat-file':
      return { value: await storage.stat(question.path) };
    case 'read-file':
      return { value: null, body: await storage.read(question.path, question.offset, Math.min(question.length, MOST_BYTES)) };
  }
}

/** The answer is as long as the page, however large the directory is. */
async function pageOf(storage: Storage, question: Extract<Question, { kind: 'list-files' }>): Promise<FilePage> {
  const { path, search, first, after } = question;
  const wanted = search.toLowerCase();
  const found = (await storage.list(path)).filter(({ name }) => name.toLowerCase().includes(wanted));
  const left = after === null ? found : found.filter((entry) => directoriesFirst(entry, after) > 0);
  return { entries: left.slice(0, first), total: found.length, more: left.length > first };
}
