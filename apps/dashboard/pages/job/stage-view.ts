import { hasEnded, type JobStatus, STAGES, type StageName, TRANSITIONS } from '@kiln/domain';
import type { StageTime } from '../../lib/documents.ts';

export type StageLook = 'done' | 'current' | 'blocked' | 'failed' | 'cancelled' | 'ahead' | 'skipped';

export interface StageView {
  readonly name: StageName;
  readonly look: StageLook;
  readonly time: StageTime | null;
}

interface JobView {
  readonly stage: StageName;
  readonly status: JobStatus;
  readonly ending: { readonly code: string } | null;
  readonly stageTimes: readonly StageTime[];
}

/** The nine stages as the job has met them. */
export function stageViews(job: JobView): StageView[] {
  const times = new Map(job.stageTimes.map((time) => [time.stage, time]));
  const broken = job.ending ? lastBeforeDestroy(job.stageTimes) : null;
  return STAGES.map((name) => {
    const time = times.get(name) ?? null;
    return { name, time, look: lookOf(name, time, job, broken) };
  });
}

function lookOf(name: StageName, time: StageTime | null, { stage, status, ending }: JobView, broken: StageName | null): StageLook {
  const over = hasEnded(status);
  if (name === stage && !over) return status === 'blocked' ? 'blocked' : 'current';
  if (name === broken) return ending?.code === 'CANCELLED' || status === 'cancelled' ? 'cancelled' : 'failed';
  if (time && !isAhead(name, stage, over)) return 'done';
  return over || ending ? 'skipped' : 'ahead';
}

/** In a later iteration, what the earlier one did is ahead again. */
function isAhead(name: StageName, stage: StageName, over: boolean): boolean {
  return !over && STAGES.indexOf(name) > STAGES.indexOf(stage);
}

/** Where it went wrong: the stage that was left last, before the way out. */
function lastBeforeDestroy(times: readonly StageTime[]): StageName | null {
  const left = times.filter(({ stage, leftAt }) => stage !== 'destroy' && leftAt !== null);
  left.sort((a, b) => (b.leftAt ?? '').localeCompare(a.leftAt ?? ''));
  return left[0]?.stage ?? null;
}

export interface Way {
  readonly from: StageName;
  readonly to: StageName;
}

/** Moves that lead back within a life of a job, such as the next iteration; a retry of an ended job is none. */
export function loopsBack(): Way[] {
  return STAGES.flatMap((from) =>
    TRANSITIONS[from].filter((to) => STAGES.indexOf(to) < STAGES.indexOf(from) && from !== 'destroy').map((to) => ({ from, to })),
  );
}
