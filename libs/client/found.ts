import { KilnError } from './errors.ts';

/** @throws KilnError `NOT_FOUND` */
export function found<T>(id: string | number, job: T | null): T {
  if (job === null) throw new KilnError('NOT_FOUND', `There is no job ${id}.`);
  return job;
}

/** @throws KilnError `NOT_FOUND` */
export function foundTask<T>(id: string | number, task: number, value: T | null): T {
  if (value === null) throw new KilnError('NOT_FOUND', `Job ${id} has no task ${task}.`);
  return value;
}

/** @throws KilnError `NOT_FOUND` */
export function foundSweep<T>(id: string | number, sweep: T | null): T {
  if (sweep === null) throw new KilnError('NOT_FOUND', `There is no sweep ${id}.`);
  return sweep;
}
