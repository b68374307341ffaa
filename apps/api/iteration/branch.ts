import type { JobRow } from '@kiln/db/jobs';
import { insertBranch } from '@kiln/db/steer-job';
import { KnownError, type Parameters, type Problem } from '@kiln/domain';
import type { Context } from '../context.ts';
import { ownJob } from '../job/own-job.ts';
import { checkLoaded } from '../submission/check.ts';
import { type Given, sameVersion, valueAlone } from '../submission/job-values.ts';
import type { SubmitJobResult } from '../submission/submission.type.ts';
import { refuseInactive } from '../submission/submit.ts';

/** A job that goes on from an iteration of the caller's job, or everything that speaks against it. */
export async function branch(context: Context, id: string, iteration: number, given: object): Promise<SubmitJobResult> {
  const origin = await ownJob(context, id);
  if (origin.maximumIterations === null) throw new KnownError('CONFLICT', `Job ${origin.id} has one iteration only; submit it anew.`);
  await refuseInactive(context, origin.connector);
  const changes: Given = { ...given };
  const fixed = FIXED.filter((name) => name in changes && changes[name] !== origin.parameters[name]);
  const { problems: found, parameters } = fixed.length > 0 ? about(fixed) : await checked(context, origin, changes);
  const problems = [...found, ...('maximum_iterations' in changes ? tooFew(origin, iteration, parameters) : [])];
  if (problems.length > 0) return { job: null, problems };
  const branched = await insertBranch(context.db, origin, iteration, parameters);
  return { job: await ownJob(context, String(branched)), problems: [] };
}

/** What lies where the branch begins is found there only. */
const FIXED = ['platform', 'output_storage', 'output_path'] as const;

interface Checked {
  readonly problems: readonly Problem[];
  readonly parameters: Parameters;
}

function about(names: readonly string[]): Checked {
  const problems = names.map((name): Problem => {
    return { path: [name], code: 'BAD_INPUT', message: `A branch keeps '${name}' of the job that it goes on from; leave it out.` };
  });
  return { problems, parameters: {} };
}

/** A maximum that is asked for counts the iterations that are shared; one that came with the job makes room for one more. */
function tooFew(origin: JobRow, iteration: number, { maximum_iterations: maximum }: Parameters): Problem[] {
  const least = iteration + 2;
  if (maximum === undefined || Number(maximum) >= least) return [];
  const message = `maximum_iterations must be at least ${least}: the branch has the iterations 0 to ${iteration} of job ${origin.id}.`;
  return [{ path: ['maximum_iterations'], code: 'BAD_INPUT', message }];
}

/** As a submission while the connector's folder is the job's version, else each changed value alone. */
async function checked(context: Context, origin: JobRow, changes: Given): Promise<Checked> {
  const loaded = await sameVersion(context, origin);
  if (loaded) return checkLoaded(context, loaded, { ...origin.parameters, ...changes });
  const each = Object.entries(changes).map(([name, given]) => ({ name, ...valueAlone(origin, name, given) }));
  return {
    problems: each.flatMap(({ name, problem }) => (problem ? [{ path: [name], code: 'BAD_INPUT' as const, message: problem }] : [])),
    parameters: {
      ...origin.parameters,
      ...Object.fromEntries(each.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    },
  };
}
