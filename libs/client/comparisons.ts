import { type ComparedJob, comparedQuery } from './compare-documents.ts';
import { type ComparedFile, type ComparedFiles, compareFiles } from './compare-files.ts';
import { type Comparison, compared, type Subject, type SubjectRef, subjectRef } from './comparison.ts';
import { outputsQuery } from './documents.ts';
import { KilnError } from './errors.ts';
import { openFile } from './files.ts';
import { found } from './found.ts';
import { type Connection, request } from './request.ts';
import { MOST_DIFFED, type TextDiff, textDiff } from './text-diff.ts';

/** Jobs and tasks side by side: `kiln.comparisons`. */
export class Comparisons {
  constructor(private readonly connection: Connection) {}

  /** Two or more jobs (`12`) or tasks (`12.3`): what they differ in. @throws KilnError `NOT_FOUND`, `BAD_INPUT` */
  async of(subjects: readonly (string | number)[]): Promise<Comparison> {
    const refs = subjects.map((subject) => subjectRef(String(subject)));
    const jobs = await Promise.all(refs.map(async (ref) => ({ ref, job: await this.#job(ref) })));
    return compared(jobs, Date.now());
  }

  /** The files of their results: which are the same, which differ and which only some have. */
  files({ subjects }: Pick<Comparison, 'subjects'>): Promise<ComparedFiles> {
    return compareFiles(subjects, {
      list: (job, path) => this.#list(job, path),
      read: async (entry, most) => (await this.#read(entry)).subarray(0, most),
    });
  }

  /** How a file of the second subject differs from that of the first. @throws KilnError `BAD_INPUT` if it is too long */
  async diff({ path, entries: [a, b] }: ComparedFile, [first, second]: readonly Subject[]): Promise<TextDiff> {
    if (!a || !b || !first || !second) throw new KilnError('BAD_INPUT', `Not both have a file ${path}.`);
    if (Math.max(a.size, b.size) > MOST_DIFFED) {
      throw new KilnError('BAD_INPUT', `${path} is too long to be compared line by line: ${MOST_DIFFED / 1024} KiB is the most.`);
    }
    const [from, to] = await Promise.all([this.#read(a), this.#read(b)]);
    return textDiff({ name: `${first.ref}/${path}`, bytes: from }, { name: `${second.ref}/${path}`, bytes: to });
  }

  async #job({ job, task }: SubjectRef): Promise<ComparedJob> {
    const variables = { id: job, task: task ?? 0, ofTask: task !== null };
    return found(job, (await request(this.connection, comparedQuery, variables)).job);
  }

  async #list(job: string, path: string) {
    try {
      return found(job, (await request(this.connection, outputsQuery, { id: job, path })).job).outputs;
    } catch (error) {
      if (error instanceof KilnError && error.code === 'NOT_FOUND') return [];
      throw error;
    }
  }

  async #read(entry: Parameters<typeof openFile>[1]): Promise<Uint8Array> {
    return new Uint8Array(await (await openFile(this.connection, entry)).arrayBuffer());
  }
}
