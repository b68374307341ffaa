import { Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Child } from '../documents.ts';
import { DURATION, type Measure } from '../measures.ts';
import { cellMap, only } from './cells.ts';
import { Legend } from './legend.tsx';
import { MapChoices } from './map-choices.tsx';
import { MapTable } from './map-table.tsx';
import { shadesOf } from './shades.ts';

/** More cells than this are no picture any more. */
const MOST = 2500;

interface ChildrenMapProps {
  readonly jobs: readonly Child[];
  /** At least two. */
  readonly names: readonly string[];
  readonly measures: readonly Measure[];
}

/** The children over two parameters, coloured by how they fare, how long they took or a number that they came to. */
export function ChildrenMap({ jobs, names, measures }: ChildrenMapProps) {
  const [axes, setAxes] = useState<{ x?: string; y?: string }>({});
  const [by, setBy] = useState('state');
  const [fixed, setFixed] = useState<Readonly<Record<string, string>>>({});
  const x = axes.x ?? names[0] ?? '';
  const y = axes.y ?? names.find((name) => name !== x) ?? '';
  const measure = [DURATION, ...measures].find(({ key }) => key === by) ?? null;
  const shown = useMemo(() => only(jobs, withoutAxes(fixed, x, y)), [jobs, fixed, x, y]);
  const map = useMemo(() => cellMap(shown, x, y), [shown, x, y]);
  const cells = map.columns.length * map.rows.length;
  const shades = useMemo(() => (cells > MOST ? null : shadesOf(map, measure)), [map, measure, cells]);
  return (
    <div>
      <MapChoices
        jobs={jobs}
        names={names}
        axes={{ x, y }}
        onAxes={setAxes}
        measures={[DURATION, ...measures]}
        by={by}
        onBy={setBy}
        fixed={fixed}
        onFix={setFixed}
      />
      {x === y && <Text size="sm">Choose two different parameters.</Text>}
      {x !== y && !shades && <Text size="sm">These parameters have too many values for a map; the table has them all.</Text>}
      {x !== y && shades && (
        <>
          {measure && <Legend measure={measure} scale={shades.scale} />}
          <MapTable map={map} x={x} y={y} measure={measure} shades={shades} />
        </>
      )}
    </div>
  );
}

function withoutAxes(fixed: Readonly<Record<string, string>>, x: string, y: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fixed).filter(([name]) => name !== x && name !== y));
}
