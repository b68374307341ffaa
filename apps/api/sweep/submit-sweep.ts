import { findSweepByKey, type SweepState } from '@kiln/db/list-sweeps';
import { extendSweep, insertSweep } from '@kiln/db/sweeps';
import { countPoints, KnownError, type Problem } from '@kiln/domain';
import type { Context } from '../context.ts';
import { KEY_LENGTH, keepVersion, outputOf, refuseInactive } from '../submission/submit.ts';
import { type CheckedSweep, checkLoadedSweep, checkSweep } from './check-sweep.ts';
import { ownSweep } from './own-sweep.ts';
import type { SubmitSweepInput } from './sweep.input.ts';
import type { SubmitSweepResult, SweepPreview } from './sweep.type.ts';

/** Accepts a sweep, or says everything that speaks against it. */
export async function submitSweep(context: Context, input: SubmitSweepInput): Promise<SubmitSweepResult> {
  const { db, caller } = context;
  const key = input.idempotencyKey ?? null;
  if (key !== null && (key === '' || key.length > 200)) return refused([KEY_LENGTH]);
  const checked = await checkSweep(context, input);
  const before = key === null ? null : await findSweepByKey(db, caller.user.id, key);
  if (before) return again(before, input, checked);
  const { problems, parameters, children, atMost, loaded } = checked;
  if (problems.length > 0 || !loaded) return refused(problems);
  await keepVersion(db, loaded);
  const common = { ownerId: caller.user.id, connector: loaded.connector.name, version: loaded.hash, ...outputOf(parameters) };
  const { id, existed } = await insertSweep(
    db,
    { ...common, parameters, over: [input.over], atMost, ...(key === null ? {} : { idempotencyKey: key }) },
    children,
  );
  const sweep = await ownSweep(context, String(id));
  return existed ? again(sweep, input, checked) : { sweep, added: children.length, problems: [] };
}

/** What a sweep would do, as far as it is in order. */
export async function previewSweep(context: Context, input: SubmitSweepInput): Promise<SweepPreview> {
  const { problems, jobCount, firstPoints, atMost, parameters, firstTasks } = await checkSweep(context, input);
  const taskCount = firstTasks && problems.length === 0 ? countPoints(firstTasks) : 0;
  return { problems, jobCount, taskCount, firstPoints, atMost, parameters };
}

/** Adds the points of another map that the sweep does not have yet. @throws KnownError CONFLICT if the connector has changed since */
export async function addToSweep(context: Context, id: string, over: unknown): Promise<SubmitSweepResult> {
  const sweep = await ownSweep(context, id);
  await refuseInactive(context, sweep.connector);
  await context.catalog.refresh();
  const loaded = context.catalog.loaded(sweep.connector);
  if (loaded?.hash !== sweep.version) {
    throw new KnownError('CONFLICT', `The connector '${sweep.connector}' has changed since sweep ${sweep.id}; submit a new sweep.`);
  }
  const { atMost, parameters } = sweep;
  const { problems, children } = await checkLoadedSweep(context, loaded, { over, atMost, parameters });
  if (problems.length > 0) return refused(problems);
  const added = await extendSweep(context.db, sweep.id, over, children);
  return { sweep: await ownSweep(context, id), added, problems: [] };
}

function refused(problems: readonly Problem[]): SubmitSweepResult {
  return { sweep: null, added: 0, problems };
}

/** What was submitted under this key before: the same sweep if the same is asked for. */
function again(sweep: SweepState, input: SubmitSweepInput, { parameters, loaded }: CheckedSweep): SubmitSweepResult {
  const names = loaded?.hash === sweep.version ? [...Object.keys(parameters), ...Object.keys(sweep.parameters)] : [];
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const sameParameters = names.every((name) => same(parameters[name], sweep.parameters[name]));
  if (sweep.connector === input.connector && same(sweep.over[0], input.over) && sameParameters) return { sweep, added: 0, problems: [] };
  const message = `This idempotency key was used for sweep ${sweep.id}, which is different; use a new key for each sweep.`;
  return refused([{ path: ['idempotencyKey'], code: 'CONFLICT', message }]);
}
