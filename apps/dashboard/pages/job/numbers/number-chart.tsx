import { useElementSize } from '@mantine/hooks';
import { type Scale, scaleOf, short } from '../chart-scale.ts';
import classes from './numbers.module.css';

export interface Dot {
  readonly task: number;
  readonly x: number;
  readonly y: number;
}

interface NumberChartProps {
  readonly dots: readonly Dot[];
  readonly across: string;
  readonly up: string;
  /** What a dot is: a task, a row. */
  readonly noun?: string;
  readonly onSelect?: (task: number) => void;
}

const HEIGHT = 300;
/** As many as a browser moves smoothly. */
const MOST_DOTS = 4000;
const EDGE = { left: 62, right: 18, top: 22, bottom: 38 };

/** Each task, or whatever is counted, as a dot. What it shows is also in the table. */
export function NumberChart({ dots, across, up, noun = 'task', onSelect }: NumberChartProps) {
  const { ref, width } = useElementSize();
  const stride = Math.ceil(dots.length / MOST_DOTS);
  const drawn = dots.filter((_, at) => at % stride === 0);
  const scales = { x: scaleOf(dots.map(({ x }) => x)), y: scaleOf(dots.map(({ y }) => y)) };
  const x = (value: number) => EDGE.left + (width - EDGE.left - EDGE.right) * scales.x.place(value);
  const y = (value: number) => HEIGHT - EDGE.bottom - (HEIGHT - EDGE.top - EDGE.bottom) * scales.y.place(value);
  return (
    <div ref={ref} className={classes['chart']} style={{ height: HEIGHT }}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={textOf(dots, across, up, noun)}>
          {scales.y.ticks.map((tick) => (
            <g key={tick}>
              <line x1={EDGE.left} x2={width - EDGE.right} y1={y(tick)} y2={y(tick)} className={classes['rule']} />
              <text x={EDGE.left - 8} y={y(tick) + 4} textAnchor="end">
                {short(tick)}
              </text>
            </g>
          ))}
          {scales.x.ticks.map((tick) => (
            <text key={tick} x={x(tick)} y={HEIGHT - EDGE.bottom + 16} textAnchor="middle">
              {short(tick)}
            </text>
          ))}
          <text x={EDGE.left} y={12}>
            {named(up, scales.y)}
          </text>
          <text x={width - EDGE.right} y={HEIGHT - 6} textAnchor="end">
            {named(across, scales.x)}
            {stride > 1 && `, one in ${stride} ${noun}s is drawn`}
          </text>
          {drawn.map((dot) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: a short cut; the table's links lead to the same place
            <circle
              key={dot.task}
              cx={x(dot.x)}
              cy={y(dot.y)}
              r={drawn.length > 500 ? 2.5 : 4.5}
              className={classes['dot']}
              onClick={onSelect && (() => onSelect(dot.task))}
              style={{ cursor: onSelect ? 'pointer' : 'default' }}
            >
              <title>{`${noun} ${dot.task}: ${across} ${short(dot.x)}, ${up} ${short(dot.y)}`}</title>
            </circle>
          ))}
        </svg>
      )}
    </div>
  );
}

function named(title: string, { log }: Scale): string {
  return log ? `${title} (decades)` : title;
}

/** What the chart shows, in words. */
function textOf(dots: readonly Dot[], across: string, up: string, noun: string): string {
  const [first] = dots;
  if (!first) return `${up} by ${across}: nothing is known yet.`;
  const least = dots.reduce((best, dot) => (dot.y < best.y ? dot : best), first);
  const most = dots.reduce((best, dot) => (dot.y > best.y ? dot : best), first);
  return `${up} by ${across} of ${dots.length} ${noun}s: from ${short(least.y)} (${noun} ${least.task}) to ${short(most.y)} (${noun} ${most.task}).`;
}
