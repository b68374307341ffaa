import { NativeSelect, SegmentedControl, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { number } from '../../lib/time.ts';
import { type Dot, ScatterChart } from '../../parts/chart/scatter-chart.tsx';
import { Failure } from '../../parts/notice.tsx';
import type { Child } from './documents.ts';
import { DURATION, type Measure } from './measures.ts';
import classes from './numbers.module.css';
import { type TaskNumber, useTaskNumbers } from './use-task-numbers.ts';

interface NumberPlotProps {
  readonly sweep: string;
  readonly jobs: readonly Child[];
  /** Parameters whose values are all numbers. */
  readonly names: readonly string[];
  readonly measures: readonly Measure[];
  /** Changes when there may be other numbers. */
  readonly version: object;
}

interface JobDot extends Dot {
  readonly job: string;
  readonly task?: number;
}

/** A number over one of the swept parameters: a dot for each job, or for each of their tasks. */
export function NumberPlot({ sweep, jobs, names, measures, version }: NumberPlotProps) {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<{ x?: string; y?: string; dots: string }>({ dots: 'jobs' });
  const all = [...measures, DURATION];
  const x = names.find((name) => name === chosen.x) ?? names[0] ?? '';
  const y = all.find(({ key }) => key === chosen.y) ?? all[0] ?? DURATION;
  const output = y.key === DURATION.key ? null : y.key.slice('number:'.length);
  const ofTasks = chosen.dots === 'tasks' && output !== null;
  const { found, error } = useTaskNumbers(sweep, ofTasks ? output : null, version);
  const dots = useMemo(() => (ofTasks ? taskDots(found?.rows ?? [], jobs, x) : jobDots(jobs, x, y)), [ofTasks, found, jobs, x, y]);
  const open = ({ job, task }: JobDot) =>
    void navigate({ to: '/jobs/$id', params: { id: job }, search: task === undefined ? {} : { task } });
  if (names.length === 0) return <Text size="sm">None of the swept parameters is a number.</Text>;
  return (
    <div className={`panel ${classes['plot']}`}>
      <div className={classes['plotHead']}>
        <Choice
          label="Up"
          value={y.key}
          data={all.map(({ key, title }) => ({ value: key, label: title }))}
          onChange={(key) => setChosen({ ...chosen, y: key })}
        />
        <Choice
          label="Across"
          value={x}
          data={names.map((name) => ({ value: name, label: name }))}
          onChange={(name) => setChosen({ ...chosen, x: name })}
        />
        {output !== null && (
          <SegmentedControl
            size="xs"
            aria-label="A dot for each"
            data={[
              { value: 'jobs', label: 'Jobs' },
              { value: 'tasks', label: 'Tasks' },
            ]}
            value={chosen.dots}
            onChange={(next) => setChosen({ ...chosen, dots: next })}
          />
        )}
      </div>
      {error !== null && <Failure error={error} />}
      <ScatterChart dots={dots} across={x} up={y.title} what={ofTasks ? 'tasks' : 'jobs'} onSelect={open} />
      {ofTasks && found?.cut && <p className={classes['note']}>The first {number(found.rows.length)} tasks.</p>}
    </div>
  );
}

function jobDots(jobs: readonly Child[], x: string, { read }: Measure): readonly JobDot[] {
  return jobs.flatMap((child): JobDot[] => {
    const [left, height] = [child.point?.[x], read(child)];
    return typeof left !== 'number' || height === null ? [] : [{ key: child.id, name: child.directory, job: child.id, x: left, y: height }];
  });
}

function taskDots(rows: readonly TaskNumber[], jobs: readonly Child[], x: string): readonly JobDot[] {
  const byId = new Map(jobs.map((child) => [child.id, child]));
  return rows.flatMap(({ job, task, value }): JobDot[] => {
    const child = byId.get(job);
    const left = child?.point?.[x];
    if (!child || typeof left !== 'number') return [];
    return [{ key: `${job}.${task}`, name: `${child.directory}, task ${task}`, job, task, x: left, y: value }];
  });
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly data: { readonly value: string; readonly label: string }[];
  onChange(value: string): void;
}

function Choice({ label, value, data, onChange }: ChoiceProps) {
  return <NativeSelect size="xs" label={label} data={data} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}
