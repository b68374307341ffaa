import { useQuery } from '@apollo/client/react';
import { connectorsQuery } from '@kiln/client/documents';
import { JOB_STATUSES, type JobStatus } from '@kiln/domain';
import { Chip, Group, NativeSelect } from '@mantine/core';
import { useCallback } from 'react';
import { JOB_LOOK } from '../../lib/status.ts';
import { Icon } from '../../parts/icon.tsx';
import { SearchInput } from '../../parts/search-input.tsx';
import type { JobsSearch } from './search.ts';

interface JobFiltersProps {
  readonly search: JobsSearch;
  onChange(next: JobsSearch): void;
}

export function JobFilters({ search, onChange }: JobFiltersProps) {
  const { data } = useQuery(connectorsQuery);
  const { text: _text, ...withoutText } = search;
  const { connector: _connector, ...withoutConnector } = search;
  const key = JSON.stringify(withoutText);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the rest of the search
  const onText = useCallback((text: string) => onChange(text === '' ? withoutText : { ...withoutText, text }), [key]);
  return (
    <Group gap="sm" mb="md" role="search" aria-label="Filter jobs">
      <SearchInput label="Search jobs" value={search.text ?? ''} onChange={onText} />
      <NativeSelect
        aria-label="Connector"
        size="sm"
        value={search.connector ?? ''}
        data={[{ value: '', label: 'All connectors' }, ...(data?.connectors ?? []).map(({ name }) => ({ value: name, label: name }))]}
        onChange={({ currentTarget: { value } }) => onChange(value === '' ? withoutConnector : { ...withoutConnector, connector: value })}
      />
      <StatusChips search={search} onChange={onChange} />
    </Group>
  );
}

function StatusChips({ search: { status, ...rest }, onChange }: JobFiltersProps) {
  const toggle = (chosen: readonly string[]) => {
    const next: readonly JobStatus[] = JOB_STATUSES.filter((one) => chosen.includes(one));
    onChange(next.length === 0 ? rest : { ...rest, status: next });
  };
  return (
    <Group gap={6} role="group" aria-label="Status">
      <Chip.Group multiple value={[...(status ?? [])]} onChange={toggle}>
        {JOB_STATUSES.map((one) => (
          <Chip key={one} value={one} size="xs" variant="outline" icon={<Icon name="check" size={11} />}>
            <span style={{ display: 'inline-flex', alignItems: 'center', gap: 5 }}>
              <span style={{ color: JOB_LOOK[one].color }}>
                <Icon name={JOB_LOOK[one].icon} size={12} />
              </span>
              {JOB_LOOK[one].label}
            </span>
          </Chip>
        ))}
      </Chip.Group>
    </Group>
  );
}
