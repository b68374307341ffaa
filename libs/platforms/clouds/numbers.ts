import { type JobRef, jobDirectory, type Machine } from '@kiln/domain';

/** The numbers of the machines that a job lacks, the smallest first, but for those of `past` names. */
export function freeNumbers(
  job: JobRef,
  count: number,
  machines: readonly Pick<Machine, 'name'>[],
  past: readonly string[],
): readonly number[] {
  const missing = Math.max(0, count - machines.length);
  const taken = new Set([...machines.map(({ name }) => name), ...past]);
  const all = Array.from({ length: missing + taken.size }, (_, i) => i + 1);
  return all.filter((number) => !taken.has(nameOf(job, number))).slice(0, missing);
}

export function nameOf(job: JobRef, number: number): string {
  return nameIn(jobDirectory(job), number);
}

/** Of a machine of the job that has this directory. */
export function nameIn(directory: string, number: number): string {
  return `${directory}-${number}`;
}
