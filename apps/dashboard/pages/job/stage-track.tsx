import { STAGES } from '@kiln/domain';
import type { JobPageData, StageTime } from '../../lib/documents.ts';
import { many } from '../../lib/time.ts';
import { Ago, Elapsed, Span } from '../../parts/ago.tsx';
import { short } from '../../parts/chart/scale.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import classes from './stage-track.module.css';
import { loopsBack, type StageLook, type StageView, stageViews, type Way } from './stage-view.ts';

const LOOKS: Readonly<Record<StageLook, { readonly word: string; readonly icon: IconName | null; readonly color: string }>> = {
  done: { word: 'done', icon: 'check', color: 'var(--kiln-succeeded)' },
  current: { word: 'now', icon: 'running', color: 'var(--kiln-running)' },
  blocked: { word: 'blocked', icon: 'blocked', color: 'var(--kiln-blocked)' },
  failed: { word: 'failed', icon: 'cross', color: 'var(--kiln-failed)' },
  cancelled: { word: 'cancelled', icon: 'stopped', color: 'var(--kiln-cancelled)' },
  ahead: { word: 'not yet', icon: null, color: 'var(--kiln-waiting)' },
  skipped: { word: 'not reached', icon: null, color: 'var(--kiln-waiting)' },
};

/** The way of a job through its nine stages: across on a wide screen, down on a phone. */
export function StageTrack({ job }: { readonly job: JobPageData }) {
  const views = stageViews(job);
  return (
    <section aria-label="Stages" className={`panel ${classes['track']}`}>
      <ol className={classes['stages']}>
        {views.map((view) => (
          <Stage key={view.name} view={view} since={job.createdAt} />
        ))}
      </ol>
      {loopsBack().map((way) => {
        const told = way.from === 'wait' ? retries(job) : iterations(job);
        return told && <Loop key={way.from} way={way} told={told} />;
      })}
    </section>
  );
}

interface Told {
  readonly used: boolean;
  /** Why it leads back. */
  readonly why: string;
  readonly more?: string;
}

function Loop({ way: { from, to }, told: { used, why, more = '' } }: { readonly way: Way; readonly told: Told }) {
  return (
    <div className={classes['loop']} style={{ gridColumn: `${STAGES.indexOf(to) + 1} / ${STAGES.indexOf(from) + 2}` }} data-used={used}>
      <span>
        {why}: {from} {used ? 'led' : 'leads'} back to {to}
        {more}
      </span>
    </div>
  );
}

/** Null if failed tasks are not tried again. */
function retries({ retryCost: { tasks }, parameters }: JobPageData): Told | null {
  if (tasks === 0 && parameters['reschedule_failed_tasks'] !== true) return null;
  return { used: tasks > 0, why: tasks > 0 ? `Retries of ${many(tasks, 'task')}` : 'If tasks fail' };
}

function iterations({ iteration, criteria }: JobPageData): Told {
  const numbers = criteria.slice(-3).map(short);
  const more = numbers.length > 0 ? ` · criterion ${numbers.join(' → ')}` : '';
  if (iteration === 0) return { used: false, why: 'If not converged', more };
  return { used: true, why: `Iteration ${iteration}, after ${many(iteration, 'repetition')}`, more };
}

function Stage({ view: { name, look, time }, since }: { readonly view: StageView; readonly since: string }) {
  const { word, icon, color } = LOOKS[look];
  const now = look === 'current' || look === 'blocked';
  return (
    <li
      className={classes['stage']}
      data-look={look}
      aria-current={now ? 'step' : undefined}
      style={{ color }}
      title={time ? `Entered ${new Date(time.enteredAt).toLocaleString()}` : `Of the job of ${new Date(since).toLocaleString()}`}
    >
      <span className={classes['dot']}>{icon && <Icon name={icon} size={12} turning={look === 'current'} />}</span>
      <span className={classes['words']}>
        <span className={classes['name']}>{name}</span>
        <span className={classes['time']}>
          <span className={now || look === 'failed' || look === 'cancelled' ? undefined : 'visually-hidden'}>{word} </span>
          {time && look !== 'ahead' && <Time time={time} now={now} />}
        </span>
      </span>
    </li>
  );
}

function Time({ time: { enteredAt, leftAt, milliseconds }, now }: { readonly time: StageTime; readonly now: boolean }) {
  if (!now) return <Span milliseconds={milliseconds} />;
  return (
    <>
      <Elapsed from={enteredAt} to={leftAt} />
      <span className="visually-hidden">
        , since <Ago at={enteredAt} />
      </span>
    </>
  );
}
