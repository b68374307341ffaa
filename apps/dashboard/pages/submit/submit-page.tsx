import { useQuery } from '@apollo/client/react';
import { Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { type Connector, connectorQuery, jobParametersQuery, presetsQuery } from '../../lib/documents.ts';
import { troubleOf } from '../../lib/trouble.ts';
import { Banner, Failure, Loading } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Prose } from '../../parts/prose.tsx';
import { NotFound } from '../trouble/not-found.tsx';
import { formOf } from './form-schema.ts';
import { RECENT } from './recent.ts';

const route = getRouteApi('/connectors/$name');
const Submission = lazy(() => import('./submission.tsx').then((module) => ({ default: module.Submission })));

export function SubmitPage() {
  const { name } = route.useParams();
  const { data, error, refetch } = useQuery(connectorQuery, { variables: { name }, fetchPolicy: 'cache-and-network' });
  const connector = data?.connector;
  if (connector === null || (error && troubleOf(error).code === 'NOT_FOUND')) return <NotFound what={`There is no connector “${name}”.`} />;
  return (
    <Page name={connector ? `Submit ${connector.title}` : 'Submit'} heading={connector?.title ?? name}>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!connector && !error && <Loading what="the connector" />}
      {connector && <Start key={name} connector={connector} />}
    </Page>
  );
}

/** Waits for what the form begins with: the values of another job, or those of the last time. */
function Start({ connector }: { readonly connector: Connector }) {
  const { from } = route.useSearch();
  const presets = useQuery(presetsQuery, { variables: { connector: connector.name }, fetchPolicy: 'network-only' });
  const other = useQuery(jobParametersQuery, { variables: { id: from ?? '' }, skip: from === undefined, fetchPolicy: 'network-only' });
  const waiting = (!presets.data && !presets.error) || (from !== undefined && !other.data && !other.error);
  const source = other.data?.job ?? null;
  const recent = source ? null : (presets.data?.presets.find(({ name }) => name === RECENT) ?? null);
  return (
    <>
      <Text c="dimmed" mb="md" maw={860}>
        <Prose text={connector.description} />
      </Text>
      <Hindrance connector={connector} />
      {presets.error && <Failure error={presets.error} />}
      {other.error && <Failure error={other.error} />}
      {source && (
        <Text size="sm" mb="sm">
          Filled in as {source.directory} was.
        </Text>
      )}
      {connector.form === null || waiting ? (
        connector.form !== null && <Loading what="the form" />
      ) : (
        <Suspense fallback={<Loading what="the form" />}>
          <Submission
            connector={connector}
            form={formOf(connector.form)}
            start={source?.parameters ?? recent?.parameters ?? {}}
            preset={recent?.id ?? null}
          />
        </Suspense>
      )}
    </>
  );
}

function Hindrance({ connector: { active, problem, version } }: { readonly connector: Connector }) {
  if (problem !== null) {
    return (
      <Banner tone="failed" title="This connector's folder is broken">
        {problem} {version !== null && 'Repair it, and this page is right again by itself.'}
      </Banner>
    );
  }
  if (active) return null;
  return (
    <Banner tone="neutral" title="This connector is inactive">
      An administrator switched it off: new jobs are refused.
    </Banner>
  );
}
