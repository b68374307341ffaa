import type { FilePage, Question, Storage } from '@kiln/domain';
import { pageOf } from '@kiln/platforms/files/entries';

/** The most bytes of one answer. */
export const MOST_BYTES = 4 * 1024 * 1024;

type FileQuestion = Extract<Question, { kind: 'list-files' | 'stat-file' | 'read-file' }>;

/** What somebody wants to see of a storage, whoever put it there. */
export async function answerFiles(storage: Storage, question: FileQuestion): Promise<{ value: unknown; body?: Uint8Array }> {
  switch (question.kind) {
    case 'list-files':
      return { value: await pageIn(storage, question) };
    case 'stat-file':
      return { value: await storage.stat(question.path) };
    case 'read-file':
      return { value: null, body: await storage.read(question.path, question.offset, Math.min(question.length, MOST_BYTES)) };
  }
}

/** The answer is as long as the page, however large the directory is. */
async function pageIn(storage: Storage, { path, search, first, after }: Extract<Question, { kind: 'list-files' }>): Promise<FilePage> {
  const wanted = { search, first, after };
  return storage.page ? storage.page(path, wanted) : pageOf(await storage.list(path), wanted);
}
