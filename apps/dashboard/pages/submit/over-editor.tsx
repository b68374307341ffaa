import { SegmentedControl, Text, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { OverFields } from './over-fields.tsx';
import { EMPTY, type OverForm, overForm, overOf, readOver } from './over-form.ts';
import classes from './submit.module.css';

export interface OverDraft {
  readonly over: unknown;
  /** What is typed cannot be read: it must not be submitted. */
  readonly problem: string | null;
}

export const NO_OVER: OverDraft = { over: {}, problem: null };

interface OverEditorProps {
  readonly start?: unknown;
  readonly sweepable: readonly string[];
  /** What the server says of it. */
  readonly errors: readonly string[];
  /** What else is asked with it. */
  readonly children?: ReactNode;
  onChange(draft: OverDraft): void;
}

/** What a sweep goes over: a row for each parameter, or the same as JSON. */
export function OverEditor({ start = {}, sweepable, errors, children, onChange }: OverEditorProps) {
  const [form, setForm] = useState<OverForm | null>(() => overForm(start));
  const [text, setText] = useState<string | null>(form === null ? JSON.stringify(start, null, 2) : null);
  const typed = text === null ? null : readOver(text);
  const readable = typed !== null && 'over' in typed ? overForm(typed.over) : null;
  const changeForm = (next: OverForm) => {
    const { over, problems } = overOf(next);
    setForm(next);
    onChange({ over, problem: Object.values(problems)[0] ?? null });
  };
  const changeText = (next: string) => {
    const read = readOver(next);
    setText(next);
    onChange('problem' in read ? { over: {}, problem: read.problem } : { over: read.over, problem: null });
  };
  const changeView = (view: string) => {
    if (view === 'json') setText(JSON.stringify(overOf(form ?? EMPTY).over, null, 2));
    else if (readable) {
      setForm(readable);
      setText(null);
    }
  };
  return (
    <fieldset className={classes['section']} id="root_over" tabIndex={-1}>
      <legend>Sweep of jobs</legend>
      <div className={classes['sweepHead']}>
        <Text size="xs" c="dimmed" style={{ flex: '1 1 240px' }}>
          Each combination is a job of its own, with the parameters above as far as it does not say otherwise.
        </Text>
        <SegmentedControl
          size="xs"
          aria-label="Edit the sweep of jobs as"
          data={[
            { value: 'form', label: 'Form', disabled: text !== null && readable === null },
            { value: 'json', label: 'JSON' },
          ]}
          value={text === null ? 'form' : 'json'}
          onChange={changeView}
        />
      </div>
      {text === null ? (
        <OverFields form={form ?? EMPTY} sweepable={sweepable} onChange={changeForm} />
      ) : (
        <Textarea
          aria-label="Sweep of jobs as JSON"
          autosize
          minRows={4}
          maxRows={18}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          value={text}
          error={typed !== null && 'problem' in typed ? typed.problem : undefined}
          onChange={(event) => changeText(event.currentTarget.value)}
        />
      )}
      {errors.map((message) => (
        <Text key={message} size="xs" c="var(--mantine-color-error)" mt={4} role="alert">
          {message}
        </Text>
      ))}
      {children}
    </fieldset>
  );
}
