import type { Sweep } from '@kiln/domain';
import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { readJson } from './sweep-rows.ts';

interface SweepJsonProps {
  readonly sweep: Sweep;
  onChange(sweep: Sweep): void;
  onProblem(problem: string | null): void;
}

export function SweepJson({ sweep, onChange, onProblem }: SweepJsonProps) {
  const [text, setText] = useState(() => pretty(sweep));
  const [told, setTold] = useState(() => JSON.stringify(sweep));
  const given = JSON.stringify(sweep);
  if (given !== told) {
    setTold(given);
    setText(pretty(sweep));
  }
  const read = readJson(text);
  const change = (next: string) => {
    setText(next);
    const result = readJson(next);
    onProblem('problem' in result ? result.problem : null);
    if ('problem' in result) return;
    setTold(JSON.stringify(result.sweep));
    onChange(result.sweep);
  };
  return (
    <Textarea
      aria-label="Sweep as JSON"
      autosize
      minRows={3}
      maxRows={16}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={text}
      error={'problem' in read ? read.problem : undefined}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

/** A line for each parameter. */
function pretty(sweep: Sweep): string {
  const lines = Object.entries(sweep).map(
    ([name, values]) => `  ${JSON.stringify(name)}: [${values.map((value) => JSON.stringify(value)).join(', ')}]`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n}`;
}
