import { NativeSelect, SegmentedControl, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { JOB_FILL, JOB_LOOK } from '../../lib/status.ts';
import { duration, many } from '../../lib/time.ts';
import { Icon } from '../../parts/icon.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import { type Cell, cellMap, worst } from './cells.ts';
import type { Child } from './documents.ts';
import { durationOf } from './order.ts';
import classes from './sweep.module.css';

/** More cells than this are no picture any more. */
const MOST = 2500;

interface ChildrenMapProps {
  readonly jobs: readonly Child[];
  /** At least two. */
  readonly names: readonly string[];
}

/** The children over two parameters, coloured by how they fare or how long they took. */
export function ChildrenMap({ jobs, names }: ChildrenMapProps) {
  const [chosen, setChosen] = useState<{ x?: string; y?: string }>({});
  const [by, setBy] = useState('state');
  const x = chosen.x ?? names[0] ?? '';
  const y = chosen.y ?? names.find((name) => name !== x) ?? '';
  const map = useMemo(() => cellMap(jobs, x, y), [jobs, x, y]);
  const longest = useMemo(() => Math.max(1, ...jobs.map((job) => (job.endedAt === null ? 0 : (durationOf(job, 0) ?? 0)))), [jobs]);
  return (
    <div>
      <div className={classes['mapHead']}>
        <NativeSelect
          size="xs"
          label="Across"
          data={[...names]}
          value={x}
          onChange={(event) => setChosen({ y, x: event.currentTarget.value })}
        />
        <NativeSelect
          size="xs"
          label="Down"
          data={[...names]}
          value={y}
          onChange={(event) => setChosen({ x, y: event.currentTarget.value })}
        />
        <SegmentedControl
          size="xs"
          aria-label="Colour by"
          data={[
            { value: 'state', label: 'State' },
            { value: 'duration', label: 'Duration' },
          ]}
          value={by}
          onChange={setBy}
        />
        {by === 'duration' && (
          <Text size="xs" c="dimmed">
            A stronger colour is a longer time, at most {duration(longest)}; what has not ended is blank.
          </Text>
        )}
      </div>
      {x === y && <Text size="sm">Choose two different parameters.</Text>}
      {x !== y && map.columns.length * map.rows.length > MOST && (
        <Text size="sm">These parameters have too many values for a map; the table has them all.</Text>
      )}
      {x !== y && map.columns.length * map.rows.length <= MOST && (
        <ScrollBox label={`Jobs over ${x} and ${y}`}>
          <table className={classes['map']} aria-label={`Jobs over ${x} and ${y}`}>
            <thead>
              <tr>
                <th scope="col">
                  {y} \ {x}
                </th>
                {map.columns.map((column) => (
                  <th scope="col" key={column}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {map.rows.map((row) => (
                <tr key={row}>
                  <th scope="row">{row}</th>
                  {map.columns.map((column) => (
                    <td key={column}>{drawn(map.at(column, row), `${x} = ${column}, ${y} = ${row}`, by === 'state' ? null : longest)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </div>
  );
}

function drawn(cell: Cell | undefined, where: string, longest: number | null): ReactNode {
  const [first, ...more] = cell?.children ?? [];
  if (!cell || !first) return null;
  const status = worst(cell);
  const took = longest === null ? null : meanDuration(cell);
  const words = `${where}: ${more.length > 0 ? `${many(cell.children.length, 'job')}, ` : ''}${JOB_LOOK[status].label}${took === null ? '' : `, ${duration(took)}`}`;
  const shade = took === null || longest === null ? 0 : 8 + Math.round((92 * took) / longest);
  const background = longest === null ? JOB_FILL[status] : `color-mix(in srgb, var(--kiln-running) ${shade}%, var(--kiln-ground))`;
  const target = cell.children.find((child) => child.status === status) ?? first;
  return (
    <Link to="/jobs/$id" params={{ id: target.id }} className={classes['cell']} style={{ background }} aria-label={words} title={words}>
      {longest === null && <Icon name={JOB_LOOK[status].icon} size={11} />}
    </Link>
  );
}

/** Of those that have ended; null if none has. */
function meanDuration({ children }: Cell): number | null {
  const times = children.flatMap((child) => (child.endedAt === null ? [] : (durationOf(child, 0) ?? [])));
  return times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length;
}
