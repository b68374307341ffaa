import type { Kiln, Sweep, SweepPreview } from '@kiln/client/kiln';
import { KilnError } from '@kiln/client/kiln';
import type { Context } from '../context.ts';
import { Ended, EXIT } from '../exit.ts';
import { type OverOptions, overOf } from '../over.ts';
import { reportProblems } from '../report.ts';
import { many } from '../screen/ago.ts';
import { styled } from '../screen/piece.ts';
import { parametersOf, type SubmissionOptions } from '../submission.ts';
import { endAsSweep, pointText, reportSweep, watchSweep } from '../sweep-progress.ts';

interface Common {
  readonly json?: boolean;
  readonly url?: string;
}

export interface SubmitOptions extends SubmissionOptions, OverOptions, Common {
  readonly atMost?: number;
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
  readonly dryRun?: boolean;
}

export interface ExtendOptions extends OverOptions, Common {}

export async function submit(connector: string, pairs: readonly string[], options: SubmitOptions, context: Context): Promise<void> {
  const parameters = parametersOf(pairs, options);
  const over = overOf(options);
  const { atMost, idempotencyKey } = options;
  const limits = { ...(atMost !== undefined && { atMost }), ...(idempotencyKey !== undefined && { idempotencyKey }) };
  const kiln = await context.kiln(options);
  if (options.dryRun) return dryRun(await kiln.sweeps.preview(connector, over, parameters, limits), options, context);
  const sweep = await accepted(() => kiln.sweeps.submit(connector, over, parameters, limits), options, context);
  if (options.watch) return watch(kiln, sweep, options, context);
  if (options.json) return context.screen.json(sweep);
  context.screen.line(
    'Sweep ',
    styled('strong', sweep.id),
    ` with ${many(sweep.counts.total, 'job')} is accepted, at most ${sweep.atMost} at once. Follow it with: kiln sweep watch ${sweep.id}`,
  );
}

export async function extend(id: number, options: ExtendOptions, context: Context): Promise<void> {
  const over = overOf(options);
  const kiln = await context.kiln(options);
  const { sweep, added } = await accepted(() => kiln.sweeps.extend(id, over), options, context);
  if (options.json) return context.screen.json({ sweep, added });
  const more = added === 0 ? 'has all these points already' : `has ${many(added, 'job')} more`;
  context.screen.line('Sweep ', styled('strong', sweep.id), ` ${more}, ${sweep.counts.total.toLocaleString('en-US')} in all.`);
}

async function accepted<T>(ask: () => Promise<T>, { json }: Common, { screen }: Context): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (json && error instanceof KilnError && error.problems.length > 0) screen.json({ sweep: null, problems: error.problems });
    throw error;
  }
}

async function watch(kiln: Kiln, sweep: Sweep, { json }: Common, { screen }: Context): Promise<void> {
  const ended = json ? await kiln.sweeps.wait(sweep.id) : await watchSweep(kiln, sweep, screen);
  if (json) screen.json(ended);
  else reportSweep(ended, screen);
  endAsSweep(ended);
}

function dryRun(preview: SweepPreview, { json }: Common, { screen }: Context): void {
  const { problems, jobCount, taskCount, atMost, firstPoints } = preview;
  if (json) screen.json(preview);
  else if (problems.length === 0) {
    screen.line(`It would submit ${many(jobCount, 'job')}, at most ${atMost} at once; the first one has ${many(taskCount, 'task')}.`);
    screen.line(jobCount > firstPoints.length ? `The first ${firstPoints.length} points:` : 'The points:');
    for (const point of firstPoints) screen.line('  ', pointText(point));
  }
  if (problems.length === 0) return;
  reportProblems(problems, screen);
  throw new Ended(EXIT.usage);
}
