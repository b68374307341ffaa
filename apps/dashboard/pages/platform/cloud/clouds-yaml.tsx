import { KnownError } from '@kiln/domain';
import { Button, NativeSelect, Text, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Draft } from '../draft.ts';
import { SECRET } from '../fields.tsx';
import classes from '../form.module.css';
import type { Login } from '../kinds.ts';
import { draftFrom } from './from-clouds-yaml.ts';

interface CloudsYamlProps {
  onRead(values: Partial<Draft>, login: Login): void;
}

const NAME = 'clouds.yaml';

/** Fills the form in from a file as OpenStack gives it for download. It is read here, and what it says goes nowhere but into the form. */
export function CloudsYaml({ onRead }: CloudsYamlProps) {
  const input = useRef<HTMLInputElement>(null);
  const { text, names, error, done, change, read, choose } = useCloudsYaml(onRead);
  return (
    <div className={classes['wide']}>
      <Textarea
        {...SECRET}
        label="clouds.yaml"
        description="As the cloud's dashboard gives it for download (Identity, Application Credentials). Paste it, or choose the file; it fills in what is below."
        placeholder={'clouds:\n  openstack:\n    auth: …'}
        value={text}
        error={error}
        autosize
        minRows={2}
        maxRows={8}
        size="sm"
        spellCheck={false}
        classNames={{ input: 'mono' }}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        onChange={(event) => change(event.currentTarget.value)}
        onPaste={(event) => {
          if (text !== '') return;
          event.preventDefault(); // what is read at once is not shown
          void read(event.clipboardData.getData('text'));
        }}
      />
      {names.length > 0 && (
        <NativeSelect
          mt="sm"
          size="sm"
          label="Which cloud of the file"
          value=""
          data={[{ value: '', label: 'Choose…' }, ...names]}
          onChange={(event) => void read(text, event.currentTarget.value)}
        />
      )}
      <div className={classes['buttons']}>
        {text !== '' && names.length === 0 && (
          <Button size="compact-sm" variant="default" onClick={() => void read(text)}>
            Fill in from it
          </Button>
        )}
        <Button size="compact-sm" variant="default" onClick={() => input.current?.click()}>
          Choose a file…
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label="clouds.yaml as a file"
          accept=".yaml,.yml"
          onChange={({ currentTarget }) => {
            void choose(currentTarget.files?.[0]);
            currentTarget.value = ''; // the same file may be chosen again
          }}
        />
        <Text component="span" role="status" size="sm">
          {done !== null && `Filled in from ${NAME}: ${done}.`}
        </Text>
      </div>
    </div>
  );
}

/** What is in the field, and what was read of it. */
function useCloudsYaml(onRead: CloudsYamlProps['onRead']) {
  const [text, setText] = useState('');
  const [names, setNames] = useState<readonly string[]>([]);
  const [error, setError] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);

  const change = (next: string) => {
    setText(next);
    setNames([]);
    setError(null);
    setDone(null);
  };
  const read = async (given: string, wanted?: string) => {
    change(given);
    try {
      const { cloudsIn } = await import('@kiln/client/clouds-yaml');
      const { names: all, cloud } = cloudsIn(given, NAME);
      const name = wanted ?? (all.length === 1 ? all[0] : undefined);
      if (name === undefined) return setNames(all);
      const { values, login } = draftFrom(cloud(name));
      change('');
      setDone(name);
      onRead(values, login);
    } catch (failure) {
      if (!(failure instanceof KnownError)) throw failure;
      setError(failure.message);
    }
  };
  const choose = async (file: File | undefined) => {
    if (!file) return;
    const { LARGEST_CLOUDS_YAML } = await import('@kiln/client/clouds-yaml');
    if (file.size > LARGEST_CLOUDS_YAML) return setError(`${file.name} is too large for a ${NAME}.`);
    await read(await file.text());
  };
  return { text, names, error, done, change, read, choose };
}
