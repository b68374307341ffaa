import { useElementSize } from '@mantine/hooks';
import type { Iteration, JobPageData } from '../../../lib/documents.ts';
import chart from '../../../parts/chart/chart.module.css';
import { iterationTicks, lastOfAxis, type Scale, scaleOf, short } from '../../../parts/chart/scale.ts';
import { firstOwn } from '../iteration-select.tsx';
import classes from './iterations.module.css';

const HEIGHT = 240;
const EDGE = { left: 58, right: 16, top: 20, bottom: 34 };
const MOST_DOTS = 150;

interface Point {
  readonly iteration: number;
  readonly criterion: number;
}

interface CriterionChartProps {
  readonly job: Pick<JobPageData, 'iteration' | 'maximumIterations' | 'branchOf'>;
  readonly iterations: readonly Iteration[];
  /** The iteration that is looked at. */
  readonly chosen: number;
  readonly over: boolean;
}

/** The criterion of each iteration. What it shows is also in the table, and its end in its text. */
export function CriterionChart({ job, iterations, chosen, over }: CriterionChartProps) {
  const { ref, width } = useElementSize();
  const points = pointsOf(iterations);
  const scale = scaleOf(points.map(({ criterion }) => criterion));
  const last = lastOfAxis(job.iteration, job.maximumIterations);
  const x = (iteration: number) => EDGE.left + ((width - EDGE.left - EDGE.right) * iteration) / last;
  const y = (criterion: number) => HEIGHT - EDGE.bottom - (HEIGHT - EDGE.top - EDGE.bottom) * scale.place(criterion);
  const path = points.map(({ iteration, criterion }, at) => `${at === 0 ? 'M' : 'L'}${x(iteration)} ${y(criterion)}`).join('');
  const origin = firstOwn(job) - 0.5;
  return (
    <div ref={ref} className={chart['chart']} style={{ height: HEIGHT }}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={textOf(points, scale, job.iteration, over)}>
          {job.branchOf && (
            <rect
              x={EDGE.left}
              y={EDGE.top}
              width={Math.max(0, x(origin) - EDGE.left)}
              height={HEIGHT - EDGE.top - EDGE.bottom}
              className={classes['origin']}
            />
          )}
          <Axes scale={scale} y={y} x={x} last={last} width={width} />
          {job.branchOf && (
            <text x={EDGE.left + 6} y={HEIGHT - EDGE.bottom - 7}>
              of job {job.branchOf.job}
            </text>
          )}
          <Upright at={x(chosen)} className={classes['chosen']} />
          {!over && <Upright at={x(job.iteration)} className={classes['now']} word="now" />}
          <path d={path} className={classes['line']} />
          {points.map(
            (point) =>
              (points.length <= MOST_DOTS || point.iteration === chosen) && (
                <circle
                  key={point.iteration}
                  cx={x(point.iteration)}
                  cy={y(point.criterion)}
                  r={point.iteration === chosen ? 5 : 3}
                  className={chart['dot']}
                >
                  <title>{`Iteration ${point.iteration}: ${short(point.criterion)}`}</title>
                </circle>
              ),
          )}
        </svg>
      )}
    </div>
  );
}

interface AxesProps {
  readonly scale: Scale;
  readonly last: number;
  readonly width: number;
  x(iteration: number): number;
  y(criterion: number): number;
}

function Axes({ scale, last, width, x, y }: AxesProps) {
  return (
    <>
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line x1={EDGE.left} x2={width - EDGE.right} y1={y(tick)} y2={y(tick)} className={chart['rule']} />
          <text x={EDGE.left - 8} y={y(tick) + 4} textAnchor="end">
            {short(tick)}
          </text>
        </g>
      ))}
      {iterationTicks(last, width / 60).map((tick) => (
        <text key={tick} x={x(tick)} y={HEIGHT - EDGE.bottom + 16} textAnchor="middle">
          {tick}
        </text>
      ))}
      <text x={EDGE.left} y={12}>
        Criterion{scale.log ? ' (decades)' : ''}
      </text>
      <text x={width - EDGE.right} y={HEIGHT - 4} textAnchor="end">
        Iteration
      </text>
    </>
  );
}

function Upright({ at, className, word }: { readonly at: number; readonly className: string | undefined; readonly word?: string }) {
  return (
    <g className={className}>
      <line x1={at} x2={at} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
      {word && (
        <text x={at} y={12} textAnchor="middle">
          {word}
        </text>
      )}
    </g>
  );
}

export function pointsOf(iterations: readonly Iteration[]): Point[] {
  return iterations.flatMap(({ iteration, criterion }) => (criterion === null ? [] : [{ iteration, criterion }]));
}

/** What the chart shows, in words. */
function textOf(points: readonly Point[], { log }: Scale, current: number, over: boolean): string {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return 'Criterion by iteration: none is known yet.';
  const least = points.reduce((best, point) => (point.criterion < best.criterion ? point : best));
  const span = `from ${short(first.criterion)} in iteration ${first.iteration} to ${short(last.criterion)} in iteration ${last.iteration}`;
  const now = over ? 'The job has ended.' : `Iteration ${current} is under way.`;
  return `Criterion by iteration${log ? ', in decades' : ''}: ${span}; the lowest is ${short(least.criterion)} in iteration ${least.iteration}. ${now}`;
}
