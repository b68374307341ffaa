import { ActionIcon, Button, Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { Icon } from '../../parts/icon.tsx';
import { isRange, type OverForm, type OverRow, overOf } from './over-form.ts';
import classes from './submit.module.css';

interface OverFieldsProps {
  readonly form: OverForm;
  readonly sweepable: readonly string[];
  onChange(form: OverForm): void;
}

export function OverFields({ form, sweepable, onChange }: OverFieldsProps) {
  const { rows, where, sample } = form;
  const { problems } = overOf(form);
  const change = (row: OverRow) => onChange({ ...form, rows: rows.map((one) => (one.key === row.key ? row : one)) });
  const add = () => onChange({ ...form, rows: [...rows, { key: nextKey(rows), name: '', text: '', zipped: false }] });
  return (
    <>
      <datalist id="over-names">
        {sweepable.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {rows.map((row, index) => (
        <Row
          key={row.key}
          row={row}
          index={index}
          problem={problems[row.key]}
          onChange={change}
          onRemove={() => onChange({ ...form, rows: rows.filter(({ key }) => key !== row.key) })}
        />
      ))}
      <Button size="compact-sm" variant="default" leftSection={<Icon name="plus" />} onClick={add}>
        Add parameter
      </Button>
      {rows.some(({ text }) => isRange(text)) && <Sample sample={sample} onChange={(next) => onChange({ ...form, sample: next })} />}
      <TextInput
        size="sm"
        mt="sm"
        label="Only where"
        description="A condition such as a < b, on swept and other parameters. Blank: all combinations."
        classNames={{ input: 'mono' }}
        value={where}
        onChange={(event) => onChange({ ...form, where: event.currentTarget.value })}
      />
    </>
  );
}

interface RowProps {
  readonly row: OverRow;
  readonly index: number;
  readonly problem: string | undefined;
  onChange(row: OverRow): void;
  onRemove(): void;
}

function Row({ row, index, problem, onChange, onRemove }: RowProps) {
  const which = row.name.trim() || `parameter ${index + 1}`;
  return (
    <div className={classes['overRow']}>
      <TextInput
        size="sm"
        aria-label={`Name of parameter ${index + 1} of the sweep of jobs`}
        placeholder="name"
        list="over-names"
        value={row.name}
        onChange={(event) => onChange({ ...row, name: event.currentTarget.value })}
      />
      <TextInput
        size="sm"
        aria-label={`Values of ${which} for the jobs`}
        placeholder="1, 2, 3 or 1:10 or linspace(0, 1, 5) or uniform(0, 1)"
        value={row.text}
        error={problem}
        classNames={{ input: 'mono' }}
        onChange={(event) => onChange({ ...row, text: event.currentTarget.value })}
      />
      <Checkbox
        size="xs"
        label="together"
        title="The values of all parameters that say so go together, the first with the first and so on."
        aria-label={`Values of ${which} go together with others`}
        checked={row.zipped}
        disabled={isRange(row.text)}
        onChange={(event) => onChange({ ...row, zipped: event.currentTarget.checked })}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        c="dimmed"
        size="lg"
        aria-label={`Remove ${which} from the sweep of jobs`}
        onClick={onRemove}
      >
        <Icon name="trash" />
      </ActionIcon>
    </div>
  );
}

type SampleSettings = OverForm['sample'];

function Sample({ sample, onChange }: { readonly sample: SampleSettings; onChange(sample: SampleSettings): void }) {
  return (
    <div className={classes['fields']} style={{ marginTop: 12 }}>
      <NumberInput
        size="sm"
        label="Samples"
        min={1}
        max={10_000}
        allowDecimal={false}
        value={sample.count}
        onChange={(count) => onChange({ ...sample, count: Number(count) })}
      />
      <NumberInput
        size="sm"
        label="Seed"
        title="The same seed draws the same."
        min={0}
        allowDecimal={false}
        value={sample.seed}
        onChange={(seed) => onChange({ ...sample, seed: Number(seed) })}
      />
      <NativeSelect
        size="sm"
        label="Drawn"
        data={[
          { value: 'latin', label: 'as a Latin hypercube' },
          { value: 'random', label: 'each by itself' },
        ]}
        value={sample.method}
        onChange={(event) => onChange({ ...sample, method: event.currentTarget.value })}
      />
    </div>
  );
}

function nextKey(rows: readonly OverRow[]): number {
  return Math.max(-1, ...rows.map(({ key }) => key)) + 1;
}
