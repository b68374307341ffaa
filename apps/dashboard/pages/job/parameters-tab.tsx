import { Table, Text } from '@mantine/core';
import { isSweep } from '../../lib/command-line.ts';
import type { JobPageData } from '../../lib/documents.ts';
import { formatValues } from '../../lib/sweep-text.ts';
import { localTime } from '../../lib/time.ts';

export function ParametersTab({ job }: { readonly job: JobPageData }) {
  const facts: [string, string][] = [
    ['Version of the connector', job.version],
    ['Output', `${job.output.storage}: ${job.output.path}`],
    ['Created', localTime(job.createdAt)],
    ...(job.endedAt === null ? [] : [['Ended', localTime(job.endedAt)] satisfies [string, string]]),
  ];
  const parameters = Object.entries(job.parameters).map(([name, value]): [string, string] => [name, shown(value)]);
  return (
    <>
      {job.point !== null && <Point point={job.point} />}
      <Pairs label="Parameters" pairs={parameters} />
      <Text component="h2" fw={600} mt="lg" mb="xs">
        About this job
      </Text>
      <Pairs label="About this job" pairs={facts} />
    </>
  );
}

/** What it differs in from the other jobs of its sweep. */
function Point({ point }: { readonly point: NonNullable<JobPageData['point']> }) {
  return (
    <>
      <Text component="h2" fw={600} mb="xs">
        Its point of the sweep
      </Text>
      <Pairs label="Its point of the sweep" pairs={Object.entries(point).map(([name, value]): [string, string] => [name, shown(value)])} />
      <Text component="h2" fw={600} mt="lg" mb="xs">
        Parameters
      </Text>
    </>
  );
}

function Pairs({ label, pairs }: { readonly label: string; readonly pairs: readonly (readonly [string, string])[] }) {
  return (
    <div className="panel" style={{ overflowX: 'auto' }}>
      <Table aria-label={label} verticalSpacing="xs">
        <Table.Tbody>
          {pairs.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w="32%" fw={500} ta="start">
                {name}
              </Table.Th>
              <Table.Td className="mono" fz="xs" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '(blank)' : value;
  if (isSweep(value))
    return (
      Object.entries(value)
        .map(([name, values]) => `${name} = ${formatValues(values)}`)
        .join('\n') || '(none)'
    );
  return JSON.stringify(value);
}
