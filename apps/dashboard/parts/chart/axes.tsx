import classes from './chart.module.css';
import { type Scale, scaleOf, short } from './scale.ts';

const EDGE = { left: 62, right: 18, top: 22, bottom: 38 };

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly scales: { readonly x: Scale; readonly y: Scale };
  /** Pixels from the left and from the top. */
  x(value: number): number;
  y(value: number): number;
}

/** Where values stand in a chart of this size that shows all of them. */
export function frameOf(width: number, height: number, across: readonly number[], up: readonly number[]): Frame {
  const scales = { x: scaleOf(across), y: scaleOf(up) };
  return {
    width,
    height,
    scales,
    x: (value) => EDGE.left + (width - EDGE.left - EDGE.right) * scales.x.place(value),
    y: (value) => height - EDGE.bottom - (height - EDGE.top - EDGE.bottom) * scales.y.place(value),
  };
}

interface AxesProps {
  readonly frame: Frame;
  readonly across: string;
  readonly up: string;
  /** Follows what the lower axis is called. */
  readonly remark?: string;
}

/** Lines, numbers and names around what is drawn. */
export function Axes({ frame: { width, height, scales, x, y }, across, up, remark = '' }: AxesProps) {
  return (
    <>
      {scales.y.ticks.map((tick) => (
        <g key={tick}>
          <line x1={EDGE.left} x2={width - EDGE.right} y1={y(tick)} y2={y(tick)} className={classes['rule']} />
          <text x={EDGE.left - 8} y={y(tick) + 4} textAnchor="end">
            {short(tick)}
          </text>
        </g>
      ))}
      {scales.x.ticks.map((tick) => (
        <text key={tick} x={x(tick)} y={height - EDGE.bottom + 16} textAnchor="middle">
          {short(tick)}
        </text>
      ))}
      <text x={EDGE.left} y={12}>
        {named(up, scales.y)}
      </text>
      <text x={width - EDGE.right} y={height - 6} textAnchor="end">
        {named(across, scales.x)}
        {remark}
      </text>
    </>
  );
}

function named(title: string, { log }: Scale): string {
  return log ? `${title} (decades)` : title;
}
