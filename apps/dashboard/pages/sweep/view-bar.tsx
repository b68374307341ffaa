import type { NumberOf, Sweep } from '@kiln/client/sweep-documents';
import { Button, Group, NativeSelect, SegmentedControl } from '@mantine/core';
import { Icon } from '../../parts/icon.tsx';

export type View = 'table' | 'map' | 'plot';

const VIEWS: Readonly<Record<View, string>> = { table: 'Table', map: 'Map', plot: 'Plot' };
const OF: Readonly<Record<NumberOf, string>> = {
  MEAN: 'Mean of the tasks',
  MINIMUM: 'Smallest of the tasks',
  MAXIMUM: 'Largest of the tasks',
};

interface ViewBarProps {
  readonly sweep: Sweep;
  readonly views: readonly View[];
  readonly view: View;
  onView(view: View): void;
  readonly of: NumberOf;
  /** Null: there are no numbers. */
  readonly onOf: ((of: NumberOf) => void) | null;
}

/** How the jobs are shown, and where to have them as a file. */
export function ViewBar({ sweep, views, view, onView, of, onOf }: ViewBarProps) {
  return (
    <Group gap="xs">
      {onOf && (
        <NativeSelect
          size="xs"
          aria-label="Numbers of a job"
          title="How what the tasks of a job came to is one number."
          data={keysOf(OF).map((value) => ({ value, label: OF[value] }))}
          value={of}
          onChange={(event) => onOf(keysOf(OF).find((one) => one === event.currentTarget.value) ?? 'MEAN')}
        />
      )}
      {views.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label="Show the jobs as"
          data={views.map((value) => ({ value, label: VIEWS[value] }))}
          value={view}
          onChange={(value) => onView(views.find((one) => one === value) ?? 'table')}
        />
      )}
      {['csv', 'json'].map((format) => (
        <Button
          key={format}
          size="compact-sm"
          variant="default"
          component="a"
          href={`/files/sweeps/${sweep.id}/children.${format}?of=${of.toLowerCase()}`}
          download
          leftSection={<Icon name="download" />}
        >
          {format.toUpperCase()}
        </Button>
      ))}
    </Group>
  );
}

function keysOf<K extends string>(record: Readonly<Record<K, string>>): readonly K[] {
  return Object.keys(record) as K[]; // the record is complete and has no other keys
}
