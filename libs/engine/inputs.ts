import {
  checkedSweep,
  directoriesIn,
  type InputLocation,
  type InputSet,
  type IterationRecord,
  inputSetProblem,
  type JobState,
  KnownError,
  type Point,
  WHOLE,
  type World,
} from '@kiln/domain';
import { blaming } from './blame.ts';
import { confirmed, needRoom } from './bring-home.ts';

/** Where the input location's files are in the job's directory at home. */
const LOCATION = 'input_0';
/** The most of a file `values`. */
const MOST_BYTES = 1024 * 1024;

/** Copies what is in the job's input location to `input_0/NAME/` of its directory at home: all of it or nothing, in its first iteration. */
export async function bringInputs({ job }: Pick<JobState, 'job'>, world: World): Promise<void> {
  const { input, storage } = world;
  const first = job.branchOf === null ? 0 : job.branchOf.iteration + 1;
  if (!input || job.iteration > first) return;
  const { whole, names } = await input.look();
  for (const name of names) {
    const wrong = inputSetProblem(name);
    if (wrong) throw new KnownError('BAD_INPUT', `“${printable(name)}” in the input location ${input.name} ${wrong}.`);
  }
  checkedSweep({}, names.length);
  if (storage.needRoom) await needRoom(world, await input.size());
  const below = whole ? `${LOCATION}/${WHOLE}` : LOCATION;
  const inlet = storage.inlet?.('', [LOCATION], below);
  if (await world.direct({ direction: 'in', from: 'input', to: 'home', outlet: input.outlet(), inlet })) return;
  const found = blaming(confirmed(world.metered('in', readFrom(input)), world));
  await found.node(() => storage.unpack('', found.stream, [LOCATION], below));
}

async function* readFrom({ pack, name }: InputLocation): AsyncIterable<Uint8Array> {
  try {
    yield* pack();
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    const { code, retryable } = error;
    const message = `The input location ${name} could not be read whole. ${error.message}`;
    throw new KnownError(code === 'STORAGE_UNWRITABLE' ? 'BAD_INPUT' : code, message, { retryable, cause: error });
  }
}

/** The input sets of an iteration. */
export interface IterationInputs {
  /** They are in `input_N/` of this iteration at home. */
  readonly of: number;
  readonly names: readonly string[];
  /** With their values, by place in `names`; the first of them, and the end of those that are wanted. */
  readonly sets: (first: number, end: number) => Promise<ReadonlyMap<number, Omit<InputSet, 'from'>>>;
}

/** Those that `transform` made after `previous`; without any, those of the input location, in each iteration anew. */
export async function inputsFor(world: World, iteration: number, previous: IterationRecord | null): Promise<IterationInputs> {
  const made = previous?.inputs ?? [];
  if (made.length > 0 || !world.input) {
    return { of: iteration, names: made.map(({ name }) => name), sets: async () => new Map(made.entries()) };
  }
  const names = directoriesIn(await world.storage.list(LOCATION));
  return { of: 0, names, sets: (first, end) => withValues(world, names, first, end) };
}

/** Of the present iteration, with what the one before came to. */
export async function inputsNow(
  { job }: Pick<JobState, 'job'>,
  world: World,
): Promise<{ readonly previous: IterationRecord | null; readonly inputs: IterationInputs }> {
  const history = job.iteration > 0 ? await world.history() : [];
  const previous = history.find(({ iteration }) => iteration === job.iteration - 1) ?? null;
  return { previous, inputs: await inputsFor(world, job.iteration, previous) };
}

/** Where at home the input sets of an iteration are. */
export function inputsOf(iteration: number): string {
  return `input_${iteration}`;
}

/** Files that are looked for at once. */
const AT_ONCE = 16;

async function withValues(world: World, names: readonly string[], first: number, end: number): ReturnType<IterationInputs['sets']> {
  const sets = new Map<number, Omit<InputSet, 'from'>>();
  for (let at = first; at < end; at += AT_ONCE) {
    const some = names.slice(at, Math.min(end, at + AT_ONCE));
    const values = await Promise.all(some.map((name) => valuesOf(world, name)));
    for (const [i, name] of some.entries()) sets.set(at + i, { name, values: values[i] ?? {} });
  }
  return sets;
}

async function valuesOf({ storage, valuesIn }: World, name: string): Promise<Point> {
  const file = `${LOCATION}/${name}/values`;
  try {
    const { kind, size } = await storage.stat(file);
    if (kind === 'directory') return {};
    if (size > MOST_BYTES) throw new KnownError('BAD_INPUT', `${file} has more than 1 MiB; it is for the values of an input set.`);
    return valuesIn(new TextDecoder().decode(await storage.read(file, 0, size)), file);
  } catch (error) {
    if (error instanceof KnownError && error.code === 'NOT_FOUND') return {};
    throw error;
  }
}

function printable(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, '␀');
}
