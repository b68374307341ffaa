import type { FoundOutput, TaskFiles } from '@kiln/client/found-output';
import { NativeSelect } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { type Line, LineChart, lineColour } from '../../../parts/chart/line-chart.tsx';
import { Failure, Loading } from '../../../parts/notice.tsx';
import { FIRST_READ, readText } from '../file-kind.ts';
import { type Columns, columnAt, columnsOf } from './columns.ts';
import classes from './results.module.css';
import { nameOfTask, TaskLink } from './task-name.tsx';

interface CurvesProps {
  readonly output: FoundOutput['output'];
  readonly tasks: readonly TaskFiles[];
}

interface Curve {
  readonly task: TaskFiles;
  readonly name: string;
  readonly columns: Columns;
  /** Only the beginning of the file is drawn. */
  readonly cut: boolean;
}

/** Columns of the files of all tasks as lines in one chart. */
export function Curves({ output, tasks }: CurvesProps) {
  const { curves, error } = useCurves(tasks);
  const [wanted, setWanted] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const choices = useMemo(() => upOf(output, curves ?? []), [output, curves]);
  if (error !== null) return <Failure error={error} />;
  if (!curves) return <Loading what="curves" />;
  const up = choices.find((name) => name === wanted) ?? choices[0];
  const drawn =
    up === undefined
      ? []
      : curves.map((curve) => ({ curve, line: lineOf(curve, output.x, up) })).filter(({ line }) => line.points.length > 0);
  const across = output.x ?? curves[0]?.columns.headings[0] ?? '';
  return (
    <div className={`panel ${classes['view']}`}>
      {choices.length > 1 && (
        <NativeSelect
          label="Up"
          size="xs"
          w="fit-content"
          mb="xs"
          value={up}
          data={choices}
          onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      {up === undefined || drawn.length === 0 ? (
        <p className={classes['dim']}>The files hold no columns with numbers that could be drawn.</p>
      ) : (
        <LineChart lines={drawn.map(({ line }) => line)} across={across} up={up} chosen={chosen} onChoose={setChosen} />
      )}
      <ul className={classes['legend']} aria-label="Lines">
        {drawn.map(({ curve, line }, at) => (
          <li
            key={line.key}
            onMouseEnter={() => setChosen(line.key)}
            onMouseLeave={() => setChosen(null)}
            onFocus={() => setChosen(line.key)}
            onBlur={() => setChosen(null)}
          >
            <span className={classes['swatch']} style={{ background: lineColour(at, drawn.length) }} />
            <TaskLink task={curve.task} />
            {curve.task.files.length > 1 && <span className={classes['dim']}>{curve.name}</span>}
            {curve.cut && <span className={classes['dim']}>its beginning</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Headings of what may be drawn: those that the connector names, else all but the one that goes across, of the first file. */
function upOf({ x, y }: FoundOutput['output'], curves: readonly Curve[]): readonly string[] {
  if (y) return y;
  const [first] = curves;
  if (!first) return [];
  const across = x === null ? 0 : columnAt(first.columns, x);
  return first.columns.headings.filter((_, at) => at !== across && first.columns.values[at]?.some((value) => value !== null));
}

function lineOf({ task, name, columns }: Curve, x: string | null, up: string): Line {
  const across = columns.values[x === null ? 0 : columnAt(columns, x)] ?? [];
  const values = columns.values[columnAt(columns, up)] ?? [];
  const points = values.flatMap((value, at): [number, number][] => {
    const left = across[at] ?? null;
    return left === null || value === null ? [] : [[left, value]];
  });
  const title = nameOfTask(task);
  return { key: `${task.task} ${name}`, title: task.files.length > 1 ? `${title}, ${name}` : title, points };
}

function useCurves(tasks: readonly TaskFiles[]) {
  const [curves, setCurves] = useState<readonly Curve[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const files = tasks.flatMap((task) =>
    task.files.flatMap((file) => (file.url === null ? [] : [{ task, name: file.name, url: file.url, file }])),
  );
  const key = files.map(({ file }) => `${file.path} ${file.modifiedAt} ${file.size}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key tells whether one of the files is another
  useEffect(() => {
    const controller = new AbortController();
    const read = files.map(async ({ task, name, url }): Promise<Curve> => {
      const { text, cut } = await readText(url, FIRST_READ, controller.signal);
      return { task, name, columns: columnsOf(cut ? text.slice(0, text.lastIndexOf('\n') + 1) : text), cut };
    });
    Promise.all(read).then(
      (all) => {
        setCurves(all);
        setError(null);
      },
      (trouble: unknown) => !controller.signal.aborted && setError(trouble),
    );
    return () => controller.abort();
  }, [key]);
  return { curves, error };
}
