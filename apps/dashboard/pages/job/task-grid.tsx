import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { TASK_LOOK } from '../../lib/status.ts';
import { drawCells, readPalette } from './draw-grid.ts';
import { type GridLayout, layOut, moved, placeAt } from './grid-layout.ts';
import { Mark, Tip } from './grid-marks.tsx';
import classes from './job.module.css';
import type { JobFeed } from './job-feed.ts';
import { useFeedVersion } from './use-job-feed.ts';

interface TaskGridProps {
  readonly feed: JobFeed;
  readonly selected: number | undefined;
  onSelect(task: number): void;
}

const HEIGHT = 260;

/** All tasks at a glance, a cell each. One element for the keyboard: the arrows move, Enter selects. */
export function TaskGrid({ feed, selected, onSelect }: TaskGridProps) {
  const version = useFeedVersion(feed);
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [active, setActive] = useState(0);
  const [hovered, setHovered] = useState<number | null>(null);
  const [focused, setFocused] = useState(false);
  const { grid } = feed;
  const count = grid.states.length;
  const layout = useMemo(() => layOut(count, Math.max(1, width), HEIGHT), [count, width]);
  useDrawing(canvas, feed, version, layout, width);

  const place = Math.min(active, Math.max(0, count - 1));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') onSelect(grid.firstNumber + place);
    else {
      const next = moved(event.key, place, count, layout.columns);
      if (next === null) return;
      setActive(next);
    }
    event.preventDefault();
  };
  const at = ({ nativeEvent }: MouseEvent) => placeAt(layout, count, nativeEvent.offsetX, nativeEvent.offsetY);
  const onClick = (event: MouseEvent) => {
    const chosen = at(event);
    if (chosen === null) return;
    setActive(chosen);
    onSelect(grid.firstNumber + chosen);
  };
  const nameOf = (one: number) =>
    `Task ${grid.firstNumber + one}: ${TASK_LOOK[feed.stateOf(grid.firstNumber + one) ?? 'waiting'].label.toLowerCase()}`;
  const pointed = hovered ?? (focused ? place : null);
  return (
    <div
      role="listbox"
      tabIndex={0}
      aria-label="Task grid; arrow keys move, Enter selects"
      aria-activedescendant="grid-active"
      className={classes['grid']}
      onKeyDown={onKeyDown}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      <div ref={ref} style={{ position: 'relative' }}>
        {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus; the listbox around it does, and has the keys */}
        <canvas
          ref={canvas}
          aria-hidden="true"
          onClick={onClick}
          onMouseMove={(event) => setHovered(at(event))}
          onMouseLeave={() => setHovered(null)}
        />
        {count > 0 && (
          <div
            id="grid-active"
            role="option"
            tabIndex={-1}
            aria-selected={selected === grid.firstNumber + place}
            aria-setsize={count}
            aria-posinset={place + 1}
            className="visually-hidden"
            aria-label={nameOf(place)}
          />
        )}
        {selected !== undefined && <Mark layout={layout} place={selected - grid.firstNumber} count={count} strong />}
        {pointed !== null && <Mark layout={layout} place={pointed} count={count} />}
        {pointed !== null && pointed < count && <Tip layout={layout} place={pointed} width={width} text={nameOf(pointed)} />}
      </div>
    </div>
  );
}

function useDrawing(
  canvas: React.RefObject<HTMLCanvasElement | null>,
  feed: JobFeed,
  version: number,
  layout: GridLayout,
  width: number,
): void {
  const scheme = useComputedColorScheme('light');
  const drawn = useRef({ version: -1, of: '' });
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    const of = JSON.stringify([layout, width, scheme, devicePixelRatio]);
    const whole = drawn.current.of !== of || feed.changed === null || drawn.current.version !== version - 1;
    if (whole) {
      const height = layout.rows * layout.pitch;
      element.width = width * devicePixelRatio;
      element.height = height * devicePixelRatio;
      element.style.width = `${width}px`;
      element.style.height = `${height}px`;
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    }
    drawCells(context, feed.grid, layout, readPalette(), whole ? null : feed.changed);
    drawn.current = { version, of };
  }, [canvas, feed, version, layout, width, scheme]);
}
