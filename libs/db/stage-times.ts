import { hasEnded, type JobStatus, STAGES, type StageName } from '@kiln/domain';
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { events } from './schema-runs.ts';

export interface StageTime {
  readonly stage: StageName;
  /** Of the last visit. */
  readonly enteredAt: string;
  readonly leftAt: string | null;
  /** In all visits, up to now if the job is in it. */
  readonly milliseconds: number;
}

export interface JobSpan {
  readonly id: number;
  readonly createdAt: string;
}

/** The stages that a job has met, in their usual order, read from its events. */
export async function stageTimes(db: Database, job: JobSpan, now: number): Promise<StageTime[]> {
  const moves = await db.orm
    .select({ at: events.at, subject: events.subject, to: events.to })
    .from(events)
    .where(and(eq(events.jobId, job.id), eq(events.kind, 'job'), inArray(events.subject, ['stage', 'status'])))
    .orderBy(asc(events.seq));
  const visits = new Map<StageName, StageTime>();
  let inside = enter(visits, 'configure', job.createdAt);
  for (const { at, subject, to } of moves) {
    if (subject === 'stage' && isStage(to)) {
      if (to === inside) continue;
      leave(visits, inside, at);
      inside = enter(visits, to, at);
    } else if (subject === 'status' && hasEnded(to as JobStatus)) {
      // A status event always names a status.
      leave(visits, inside, at);
      inside = null;
    }
  }
  if (inside) visits.set(inside, upTo(visits, inside, now, null));
  return STAGES.flatMap((stage) => visits.get(stage) ?? []);
}

const isStage = (name: string | null): name is StageName => STAGES.some((stage) => stage === name);

function enter(visits: Map<StageName, StageTime>, stage: StageName, at: string): StageName | null {
  visits.set(stage, { stage, enteredAt: at, leftAt: null, milliseconds: visits.get(stage)?.milliseconds ?? 0 });
  return stage;
}

function leave(visits: Map<StageName, StageTime>, stage: StageName | null, at: string): void {
  if (stage) visits.set(stage, upTo(visits, stage, Date.parse(at), at));
}

function upTo(visits: Map<StageName, StageTime>, stage: StageName, end: number, leftAt: string | null): StageTime {
  const visit = visits.get(stage);
  if (!visit) throw new Error(`The stage ${stage} was left and never entered.`);
  return { ...visit, leftAt, milliseconds: visit.milliseconds + Math.max(0, end - Date.parse(visit.enteredAt)) };
}
