import { NumberInput } from '@mantine/core';

interface AtMostFieldProps {
  /** Blank leaves it to Kiln. */
  readonly value: number | string;
  /** What blank comes to; null while that is not known. */
  readonly usual: number | null;
  readonly errors: readonly string[];
  onChange(value: number | string): void;
}

/** How many jobs of a sweep run at once. */
export function AtMostField({ value, usual, errors, onChange }: AtMostFieldProps) {
  return (
    <NumberInput
      id="root_atMost"
      size="sm"
      mt="sm"
      maw={260}
      label="Jobs at once"
      description="1 to 1000. Blank: as suits the platform."
      placeholder={value === '' && usual !== null && usual > 0 ? String(usual) : undefined}
      min={1}
      max={1000}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="strict"
      value={value}
      error={errors[0]}
      onChange={onChange}
    />
  );
}

/** What the API gets. */
export function atMostOf(value: number | string): number | null {
  return typeof value === 'number' ? value : null;
}
