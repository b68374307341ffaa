/** What is compared; it stands in the address. */
export interface CompareSearch {
  /** Numbers of jobs, or of tasks as in `12.3`, with commas between. */
  readonly jobs: string;
  /** Path of the file that is compared line by line. */
  readonly file?: string;
}

export function compareSearch(search: Record<string, unknown>): CompareSearch {
  const { jobs, file } = search;
  return {
    jobs: typeof jobs === 'string' || typeof jobs === 'number' ? String(jobs) : '',
    ...((typeof file === 'string' || typeof file === 'number') && { file: String(file) }),
  };
}

/** Each of them once. */
export function refsOf(jobs: string): readonly string[] {
  return [...new Set(jobs.split(',').map((ref) => ref.trim()))].filter((ref) => ref !== '');
}
