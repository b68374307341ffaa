import { NativeSelect, TextInput } from '@mantine/core';
import { type FieldProps, fieldId, shared } from '../fields.tsx';
import type { Option } from './options.ts';

interface ChoiceProps extends FieldProps {
  /** Empty where nobody knows what there is: anything is typed then. */
  readonly options: readonly Option[];
  /** What nothing chosen means, of a field that may be blank. */
  readonly blank?: string;
}

/** Options of which a person still finds one by looking; of more than these what is typed finds it. */
const MOST_SEEN = 40;

/** One of what there is. */
export function ChoiceField({ options, blank, ...props }: ChoiceProps) {
  const { form, name, required = false } = props;
  const value = form.draft[name];
  if (options.length === 0) return <TextInput {...shared(props)} />;
  if (options.length > MOST_SEEN) {
    const list = `${fieldId(name)}-choices`;
    return (
      <div>
        <TextInput {...shared(props)} list={list} placeholder={props.placeholder ?? 'Type to search'} />
        <datalist id={list}>
          {options.map((option) => (
            <option key={option.value} {...option} />
          ))}
        </datalist>
      </div>
    );
  }
  const known = value === '' || options.some((option) => option.value === value);
  const data = [
    ...(required && value !== '' ? [] : [{ value: '', label: required ? 'Choose…' : (blank ?? 'none') }]),
    ...(known ? [] : [{ value, label: `${value} (not in the list)` }]),
    ...options,
  ];
  return <NativeSelect {...shared(props)} data={data} />;
}
