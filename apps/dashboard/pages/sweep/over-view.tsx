import { Table, Text } from '@mantine/core';
import { CodeBlock } from '../../parts/code.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import { isRange, type OverForm, overForm } from '../submit/over-form.ts';

/** What a sweep goes over: as submitted, then as extended. */
export function OverView({ over }: { readonly over: readonly unknown[] }) {
  const maps = over.flatMap((map): unknown[] => (Array.isArray(map) ? map : [map]));
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: '8px 20px', alignItems: 'flex-start' }}>
      {maps.map((map, at) => {
        const form = overForm(map);
        // biome-ignore lint/suspicious/noArrayIndexKey: maps are only ever added, and have no other identity
        return form ? <MapView key={at} form={form} which={at} /> : <CodeBlock key={at} text={JSON.stringify(map, null, 2)} label="map" />;
      })}
      <CopyButton text={JSON.stringify(over.length === 1 ? over[0] : maps)} label="Copy what it goes over as JSON" />
    </div>
  );
}

function MapView({ form: { rows, where, sample }, which }: { readonly form: OverForm; readonly which: number }) {
  const drawn = rows.some(({ text }) => isRange(text));
  return (
    <div style={{ minWidth: 0 }}>
      <ScrollBox label={`Map ${which + 1}`}>
        <Table aria-label={which === 0 ? 'What the sweep goes over' : `Further points ${which}`} fz={12.5} verticalSpacing={2} w="auto">
          <Table.Tbody>
            {rows.map(({ key, name, text, zipped }) => (
              <Table.Tr key={key}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td className="mono">{text}</Table.Td>
                <Table.Td c="dimmed">{zipped && 'go together'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
      {drawn && (
        <Text size="xs" c="dimmed">
          {sample.count} samples, {sample.method === 'latin' ? 'a Latin hypercube' : 'each by itself'}, seed {sample.seed}
        </Text>
      )}
      {where !== '' && (
        <Text size="xs" c="dimmed">
          only where <span className="mono">{where}</span>
        </Text>
      )}
    </div>
  );
}
