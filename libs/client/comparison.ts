import { STAGES, type StageName } from '@kiln/domain';
import type { ComparedJob } from './compare-documents.ts';
import { KilnError } from './errors.ts';

/** A job, or one of its tasks, that is compared with others. */
export interface SubjectRef {
  readonly job: string;
  readonly task: number | null;
}

export interface Subject extends SubjectRef {
  /** As it was asked for: `12`, or `12.3` for task 3 of job 12. */
  readonly ref: string;
  /** For people: `pi12`, or `pi12 task 3`. */
  readonly name: string;
  readonly status: string;
  /** Directory of its results, relative to the job's output directory. */
  readonly directory: string;
}

/** Something that each of the subjects has or has not. */
export interface ComparedRow<T> {
  readonly name: string;
  /** One for each subject. */
  readonly values: readonly T[];
  readonly differs: boolean;
}

export interface ComparedNumber extends ComparedRow<number | null> {
  readonly title: string;
  readonly unit: string | null;
  /** To the first subject; `relative` is null where that is 0. */
  readonly differences: readonly ({ readonly absolute: number; readonly relative: number | null } | null)[];
}

export interface Comparison {
  readonly subjects: readonly Subject[];
  /** Connector, version and platform, then parameters and swept values; undefined where a subject does not have one. */
  readonly parameters: readonly ComparedRow<unknown>[];
  /** Milliseconds in each stage, over all visits; null where a job was not in it. Of tasks how long the task took. */
  readonly times: readonly ComparedRow<number | null>[];
  /** Of a job the mean of its tasks. */
  readonly numbers: readonly ComparedNumber[];
}

/** `12` or `12.3`. @throws KilnError `BAD_INPUT` */
export function subjectRef(text: string): SubjectRef {
  const found = /^([1-9]\d{0,8})(?:\.([1-9]\d{0,8}))?$/.exec(text.trim());
  if (!found?.[1])
    throw new KilnError('BAD_INPUT', `${text} is neither the number of a job, such as 12, nor of one of its tasks, such as 12.3.`);
  return { job: found[1], task: found[2] === undefined ? null : Number(found[2]) };
}

/** Sets jobs and tasks side by side. `now` is milliseconds since 1970. */
export function compared(found: readonly { readonly ref: SubjectRef; readonly job: ComparedJob }[], now: number): Comparison {
  return {
    subjects: found.map(({ ref, job }) => subjectOf(ref, job)),
    parameters: rowsOf(found.map(({ job }) => parametersOf(job))),
    times: timesOf(found, now),
    numbers: numbersOf(found.map(({ job }) => job)),
  };
}

function subjectOf({ job: id, task: number }: SubjectRef, { directory, status, iteration, task }: ComparedJob): Subject {
  if (number === null) return { job: id, task: null, ref: id, name: directory, status, directory: `output_${iteration}` };
  if (!task) throw new KilnError('NOT_FOUND', `Job ${id} has no task ${number}.`);
  return {
    ...{ job: id, task: number, ref: `${id}.${number}`, name: `${directory} task ${number}`, status: task.state },
    directory: `output_${task.iteration}/${number}`,
  };
}

function parametersOf({ connector, version, platform, parameters, point, task }: ComparedJob): Readonly<Record<string, unknown>> {
  return { connector, version, platform, ...parameters, ...point, ...task?.values };
}

/** A row for each name, in the order in which the subjects name them. */
function rowsOf(subjects: readonly Readonly<Record<string, unknown>>[]): readonly ComparedRow<unknown>[] {
  const names = [...new Set(subjects.flatMap((subject) => Object.keys(subject)))];
  return names.map((name) => {
    const values = subjects.map((subject) => subject[name]);
    return { name, values, differs: new Set(values.map((value) => JSON.stringify(value))).size > 1 };
  });
}

function timesOf(found: readonly { readonly ref: SubjectRef; readonly job: ComparedJob }[], now: number): Comparison['times'] {
  const spent = found.map(({ ref, job }) => (ref.task === null ? stagesOf(job) : { task: tookOf(job, now) }));
  return [...STAGES, 'task']
    .map((name) =>
      row(
        name,
        spent.map((times) => times[name] ?? null),
      ),
    )
    .filter(({ values }) => values.some((value) => value !== null));
}

function stagesOf({ stageTimes }: ComparedJob): Readonly<Record<string, number | null>> {
  return Object.fromEntries(stageTimes.map(({ stage, milliseconds }): [StageName, number] => [stage, milliseconds]));
}

function tookOf({ task }: ComparedJob, now: number): number | null {
  if (!task?.startedAt) return null;
  return Math.max(0, (task.endedAt ? Date.parse(task.endedAt) : now) - Date.parse(task.startedAt));
}

function numbersOf(jobs: readonly ComparedJob[]): readonly ComparedNumber[] {
  const known = new Map(jobs.flatMap(({ combinedNumbers }) => combinedNumbers.map((one) => [one.name, one] as const)));
  return [...known.values()].map(({ name, title, unit }) => {
    const values = jobs.map((job) => numberOf(job, name));
    const [first = null] = values;
    return { ...row(name, values), title, unit, differences: values.map((value) => difference(first, value)) };
  });
}

function numberOf({ task, combinedNumbers }: ComparedJob, name: string): number | null {
  const value = task ? task.numbers[name] : combinedNumbers.find((one) => one.name === name)?.value;
  return typeof value === 'number' ? value : null;
}

function difference(from: number | null, to: number | null): ComparedNumber['differences'][number] {
  if (from === null || to === null) return null;
  return { absolute: to - from, relative: from === 0 ? null : (to - from) / Math.abs(from) };
}

function row(name: string, values: readonly (number | null)[]): ComparedRow<number | null> {
  return { name, values, differs: new Set(values).size > 1 };
}
