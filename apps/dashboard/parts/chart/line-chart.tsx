import { useElementSize } from '@mantine/hooks';
import { Axes, frameOf } from './axes.tsx';
import classes from './chart.module.css';

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

/** Lines over a common axis, each in a colour between the first one's and the last one's. */
export function LineChart({ lines, across, up, chosen, onChoose }: LineChartProps) {
  const { ref, width } = useElementSize();
  const points = lines.flatMap((line) => line.points);
  const frame = frameOf(
    width,
    HEIGHT,
    points.map(([x]) => x),
    points.map(([, y]) => y),
  );
  const { x, y } = frame;
  return (
    <div ref={ref} className={classes['chart']} style={{ height: HEIGHT }}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={`${up} over ${across}, ${lines.length} lines`}>
          <Axes frame={frame} across={across} up={up} />
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
