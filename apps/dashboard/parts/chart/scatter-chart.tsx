import { useElementSize } from '@mantine/hooks';
import { Axes, frameOf } from './axes.tsx';
import classes from './chart.module.css';
import { short } from './scale.ts';

export interface Dot {
  /** Unlike that of any other dot. */
  readonly key: string;
  /** What it stands for, for people: `Task 3`. */
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

interface ScatterChartProps<D extends Dot> {
  readonly dots: readonly D[];
  readonly across: string;
  readonly up: string;
  /** What the dots are, in the plural. */
  readonly what: string;
  readonly onSelect?: (dot: NoInfer<D>) => void;
}

const HEIGHT = 300;
/** As many as a browser moves smoothly. */
const MOST_DOTS = 4000;

/** Dots over two numbers. What it shows is to be in a table as well. */
export function ScatterChart<D extends Dot>({ dots, across, up, what, onSelect }: ScatterChartProps<D>) {
  const { ref, width } = useElementSize();
  const stride = Math.ceil(dots.length / MOST_DOTS);
  const drawn = dots.filter((_, at) => at % stride === 0);
  const frame = frameOf(
    width,
    HEIGHT,
    dots.map(({ x }) => x),
    dots.map(({ y }) => y),
  );
  const { x, y } = frame;
  return (
    <div ref={ref} className={classes['chart']} style={{ height: HEIGHT }}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={textOf(dots, across, up, what)}>
          <Axes frame={frame} across={across} up={up} remark={stride > 1 ? `, one in ${stride} ${what} is drawn` : ''} />
          {drawn.map((dot) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: a short cut; the table's links lead to the same place
            <circle
              key={dot.key}
              cx={x(dot.x)}
              cy={y(dot.y)}
              r={drawn.length > 500 ? 2.5 : 4.5}
              className={`${classes['dot']} ${onSelect ? classes['pick'] : ''}`}
              onClick={onSelect && (() => onSelect(dot))}
            >
              <title>{`${dot.name}: ${across} ${short(dot.x)}, ${up} ${short(dot.y)}`}</title>
            </circle>
          ))}
        </svg>
      )}
    </div>
  );
}

/** What the chart shows, in words. */
function textOf(dots: readonly Dot[], across: string, up: string, what: string): string {
  const [first] = dots;
  if (!first) return `${up} by ${across}: nothing is known yet.`;
  const least = dots.reduce((best, dot) => (dot.y < best.y ? dot : best), first);
  const most = dots.reduce((best, dot) => (dot.y > best.y ? dot : best), first);
  return `${up} by ${across} of ${dots.length} ${what}: from ${short(least.y)} (${least.name}) to ${short(most.y)} (${most.name}).`;
}
