import { Link } from '@tanstack/react-router';
import { JOB_FILL, JOB_LOOK } from '../../../lib/status.ts';
import { many } from '../../../lib/time.ts';
import { Icon } from '../../../parts/icon.tsx';
import { ScrollBox } from '../../../parts/scroll-box.tsx';
import type { Measure } from '../measures.ts';
import { type Cell, type CellMap, worst } from './cells.ts';
import classes from './map.module.css';
import type { Shades } from './shades.ts';

interface MapTableProps {
  readonly map: CellMap;
  readonly x: string;
  readonly y: string;
  /** Null is the state. */
  readonly measure: Measure | null;
  readonly shades: Shades;
}

/** A cell for each pair of values. Numbers stand in the cells, so that nobody needs to tell the colours apart. */
export function MapTable({ map, x, y, measure, shades }: MapTableProps) {
  const label = `${measure?.title ?? 'Jobs'} over ${x} and ${y}`;
  return (
    <ScrollBox label={label}>
      <table className={classes['map']} aria-label={label}>
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
          {map.rows.map((row, down) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {map.columns.map((column, across) => (
                <td key={column}>
                  <Drawn cell={map.at(across, down)} where={`${x} = ${column}, ${y} = ${row}`} measure={measure} shades={shades} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

interface DrawnProps extends Pick<MapTableProps, 'measure' | 'shades'> {
  readonly cell: Cell | undefined;
  readonly where: string;
}

function Drawn({ cell, where, measure, shades }: DrawnProps) {
  const [first, ...more] = cell?.children ?? [];
  if (!cell || !first) return null;
  const status = worst(cell);
  const value = shades.read(cell);
  const colour = value === null ? null : shades.scale?.colourOf(value);
  const said = measure === null || value === null ? JOB_LOOK[status].label : `${measure.title} ${measure.text(value)}`;
  const words = `${where}: ${more.length > 0 ? `${many(cell.children.length, 'job')}, ` : ''}${said}`;
  const target = cell.children.find((child) => child.status === status) ?? first;
  const look = colour ? { background: colour.background, color: colour.text } : measure === null ? { background: JOB_FILL[status] } : {};
  return (
    <Link to="/jobs/$id" params={{ id: target.id }} className={classes['cell']} style={look} aria-label={words} title={words}>
      {measure === null ? <Icon name={JOB_LOOK[status].icon} size={11} /> : value === null ? '' : measure.text(value)}
    </Link>
  );
}
