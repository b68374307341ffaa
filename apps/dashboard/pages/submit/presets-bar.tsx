import { useMutation, useQuery } from '@apollo/client/react';
import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { deletePresetMutation, type Preset, presetsQuery, savePresetMutation } from '../../lib/documents.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/notice.tsx';
import { RECENT } from './recent.ts';

interface PresetsBarProps {
  readonly connector: string;
  readonly selected: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Null: the connector's defaults. */
  onLoad(preset: Preset | null): void;
}

export function PresetsBar({ connector, selected, parameters, onLoad }: PresetsBarProps) {
  const { data, refetch } = useQuery(presetsQuery, { variables: { connector } });
  const [dialog, setDialog] = useState<'save' | 'delete' | null>(null);
  const [save, saving] = useMutation(savePresetMutation);
  const [remove, removing] = useMutation(deletePresetMutation);
  const presets = data?.presets ?? [];
  const preset = presets.find(({ id }) => id === selected) ?? null;
  const own = preset !== null && preset.name !== RECENT;
  const saveAs = async (name: string) => {
    setDialog(null);
    // What fails is in `saving.error`, shown below.
    const result = await save({ variables: { input: { connector, name, parameters: { ...parameters } } } }).catch(() => null);
    if (!result?.data) return;
    await refetch();
    onLoad(result.data.savePreset);
  };
  const erase = async () => {
    setDialog(null);
    if (!preset) return;
    await remove({ variables: { id: preset.id } }).catch(() => undefined); // shown below
    await refetch();
    onLoad(null);
  };
  return (
    <>
      <Group gap="xs" align="flex-end" mb="md">
        <NativeSelect
          label="Start from"
          size="sm"
          value={preset?.id ?? ''}
          data={[{ value: '', label: 'Defaults of the connector' }, ...presets.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={({ currentTarget }) => onLoad(presets.find(({ id }) => id === currentTarget.value) ?? null)}
        />
        {own && (
          <Button variant="default" size="sm" loading={saving.loading} onClick={() => void saveAs(preset.name)}>
            Update “{preset.name}”
          </Button>
        )}
        <Button variant="default" size="sm" onClick={() => setDialog('save')}>
          Save as preset…
        </Button>
        {own && (
          <Button variant="default" size="sm" loading={removing.loading} onClick={() => setDialog('delete')}>
            Delete
          </Button>
        )}
      </Group>
      {(saving.error ?? removing.error) && <Failure error={saving.error ?? removing.error} />}
      <SaveDialog
        opened={dialog === 'save'}
        taken={presets.map(({ name }) => name)}
        onSave={(name) => void saveAs(name)}
        onClose={() => setDialog(null)}
      />
      <Confirm
        opened={dialog === 'delete'}
        title={`Delete the preset “${preset?.name ?? ''}”?`}
        action="Delete the preset"
        onConfirm={() => void erase()}
        onClose={() => setDialog(null)}
      >
        Jobs that were submitted with it stay as they are.
      </Confirm>
    </>
  );
}

interface SaveDialogProps {
  readonly opened: boolean;
  readonly taken: readonly string[];
  onSave(name: string): void;
  onClose(): void;
}

function SaveDialog({ opened, taken, onSave, onClose }: SaveDialogProps) {
  const [text, setText] = useState('');
  const name = text.trim();
  const problem = name === RECENT ? 'Kiln keeps this one itself; choose another name.' : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name === '' || problem) return;
    onSave(name);
    setText('');
  };
  return (
    <Dialog opened={opened} onClose={onClose} title="Save as preset">
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          data-autofocus
          required
          maxLength={100}
          value={text}
          error={problem}
          description={taken.includes(name) && !problem ? 'There is a preset of this name; it will be replaced.' : undefined}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name === '' || problem !== undefined}>
            Save preset
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
