import {
  COST_DAYS,
  costLimitOf,
  costOf,
  type Ending,
  type Job,
  type JobState,
  pricePerHourOf,
  type Step,
  timeLimitsOf,
} from '@kiln/domain';

type Limited = Pick<JobState, 'job' | 'nodes' | 'budget'>;

/** Milliseconds until a limit of the job, or of the stage that it is in, ends it; null if none will. */
export function timeLeft(state: Limited, now: number): number | null {
  const ends = limits(state, now).map(({ at }) => at - now);
  return ends.length > 0 ? Math.ceil(Math.max(0, Math.min(...ends))) : null;
}

/** The step of a job that has taken longer than it may, or costs more; null if it does not. */
export function overdue(state: Limited, now: number): Step | null {
  const reached = limits(state, now).find(({ at }) => now >= at);
  if (!reached) return null;
  const { code, message } = reached;
  return { stage: state.job.stage, changes: { ending: { status: 'failed', code, message }, again: 0 }, blocked: null };
}

interface Limit extends Pick<Ending, 'code' | 'message'> {
  /** Milliseconds since 1970: when it ends the job, as things are. */
  readonly at: number;
}

/** Destroy has no limit: a job must be able to end. */
function limits(state: Limited, now: number): readonly Limit[] {
  const { job } = state;
  if (job.ending || job.stage === 'destroy') return [];
  return [...timeLimits(job), ...costLimits(state, now)];
}

function timeLimits(job: Job): readonly Limit[] {
  const { stage, job: whole, idle } = timeLimitsOf(job.parameters);
  const limit = (name: string, what: string, since: string | null, seconds: number | null): Limit[] => {
    if (since === null || seconds === null) return [];
    const message = `${what} longer than its limit of ${String(job.parameters[name]).trim()}; raise or remove the limit to let it go on for longer.`;
    return [{ at: Date.parse(since) + seconds * 1000, code: 'TIME_LIMIT', message }];
  };
  return [
    ...limit('job_time_limit', 'The job took', job.roundSince, whole),
    ...limit('stage_time_limit', `The ${job.stage} stage took`, job.stageSince, stage),
    ...limit('idle_time_limit', 'The job had machines without a task for', job.progress.idleSince, idle),
  ];
}

function costLimits({ job, nodes, budget }: Limited, now: number): readonly Limit[] {
  const code = 'COST_LIMIT';
  const own = costLimitOf(job.parameters);
  const reached = (most: number, spent: number, perHour: number) =>
    perHour > 0 || spent >= most ? [now + lasts(most - spent, perHour)] : [];
  const ofJob = own === null ? [] : reached(own, costOf(nodes, now), pricePerHourOf(nodes));
  const ofUser = budget === null ? [] : reached(budget.limit, budget.spent, budget.perHour);
  return [
    ...ofJob.map((at): Limit => {
      const message = `The machines of the job have cost its limit of ${own}; raise or remove job_cost_limit to let it go on.`;
      return { at, code, message };
    }),
    ...ofUser.map((at): Limit => {
      const message = `Your machines have cost your limit of ${budget?.limit} within ${COST_DAYS} days; raise or remove it on the page of rented machines, or with kiln machines --cost-limit.`;
      return { at, code, message };
    }),
  ];
}

/** Milliseconds for which what is left of a limit lasts; 0 if nothing is. */
function lasts(left: number, perHour: number): number {
  return left <= 0 ? 0 : (left / perHour) * 3_600_000;
}

/** With since when the machines that were made for the job have nothing to do. While they are bootstrapped they do something. */
export function withIdleness({ job, platform, counts, nodes }: JobState, step: Step, now: number): Step {
  if (platform.kind !== 'cloud') return step;
  const rented = nodes.some(({ goneAt }) => goneAt === null) && job.progress.bootstrapped;
  const idle = rented && counts.assigned + counts.scheduled + counts.running + counts.uncollected === 0;
  const since = job.progress.idleSince;
  if (idle === (since !== null)) return step;
  const progress = { ...step.changes.progress, idleSince: idle ? new Date(now).toISOString() : null };
  return { ...step, changes: { ...step.changes, progress } };
}
