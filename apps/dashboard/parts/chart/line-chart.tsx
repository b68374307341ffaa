import { useElementSize } from '@mantine/hooks';
import classes from './chart.module.css';
import { scaleOf, short } from './scale.ts';

export interface Line {
  readonly key: string;
  readonly title: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

interface LineChartProps {
  readonly lines: readonly Line[];
  readonly across: string;
  readonly up: string;
  /** The line that stands out. */
  readonly chosen: string | null;
  onChoose(key: string | null): void;
}

const HEIGHT = 320;
const EDGE = { left: 62, right: 18, top: 22, bottom: 38 };

/** Lines over a common axis, each in a colour between the first one's and the last one's. */
export function LineChart({ lines, across, up, chosen, onChoose }: LineChartProps) {
  const { ref, width } = useElementSize();
  const points = lines.flatMap((line) => line.points);
  const scales = { x: scaleOf(points.map(([x]) => x)), y: scaleOf(points.map(([, y]) => y)) };
  const x = (value: number) => EDGE.left + (width - EDGE.left - EDGE.right) * scales.x.place(value);
  const y = (value: number) => HEIGHT - EDGE.bottom - (HEIGHT - EDGE.top - EDGE.bottom) * scales.y.place(value);
  return (
    <div ref={ref} className={classes['chart']} style={{ height: HEIGHT }}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={`${up} over ${across}, ${lines.length} lines`}>
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
            {scales.y.log ? `${up} (decades)` : up}
          </text>
          <text x={width - EDGE.right} y={HEIGHT - 6} textAnchor="end">
            {scales.x.log ? `${across} (decades)` : across}
          </text>
          {lines.map(({ key, title, points }, at) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: a short cut; the list of lines does the same
            <polyline
              key={key}
              points={points.map(([left, high]) => `${x(left).toFixed(1)},${y(high).toFixed(1)}`).join(' ')}
              className={classes['line']}
              data-faint={chosen !== null && chosen !== key}
              style={{ stroke: lineColour(at, lines.length) }}
              onMouseEnter={() => onChoose(key)}
              onMouseLeave={() => onChoose(null)}
            >
              <title>{title}</title>
            </polyline>
          ))}
        </svg>
      )}
    </div>
  );
}

/** From blue to orange, which everybody tells apart; as bright as the page wants it. */
export function lineColour(at: number, count: number): string {
  const part = count > 1 ? at / (count - 1) : 0;
  return `color-mix(in oklab, var(--kiln-running), var(--kiln-brand) ${Math.round(part * 100)}%)`;
}
