import { connectorFields, jobFields, taskFields } from '@kiln/client/documents';
import { graphql, type ResultOf } from '@kiln/client/graphql';

export type { Connector, Job, JobEvent, JobPreview, LogChunk, OutputEntry, Task } from '@kiln/client/documents';

export const connectorsChanged = graphql(`subscription ConnectorsChanged { connectorsChanged { ...ConnectorFields } }`, [connectorFields]);

export const connectorQuery = graphql(`query Connector($name: String!) { connector(name: $name) { ...ConnectorFields } }`, [
  connectorFields,
]);

export const jobsChanged = graphql(
  `subscription JobsChanged($after: Float) { jobsChanged(after: $after) { jobs { ...JobFields } lastSeq } }`,
  [jobFields],
);

export const jobParametersQuery = graphql(`query JobParameters($id: ID!) { job(id: $id) { id connector directory parameters } }`);

export const presetsQuery = graphql(
  `query Presets($connector: String!) { presets(connector: $connector) { id name connector parameters updatedAt } }`,
);
export type Preset = ResultOf<typeof presetsQuery>['presets'][number];

export const savePresetMutation = graphql(
  `mutation SavePreset($input: SavePresetInput!) { savePreset(input: $input) { id name connector parameters updatedAt } }`,
);

export const deletePresetMutation = graphql(`mutation DeletePreset($id: ID!) { deletePreset(id: $id) }`);

export const tokensQuery = graphql(`query Tokens { apiTokens { id name createdAt lastUsedAt } }`);
export type ApiToken = ResultOf<typeof tokensQuery>['apiTokens'][number];

export const revokeTokenMutation = graphql(`mutation RevokeToken($id: ID!) { revokeApiToken(id: $id) }`);

export const signOutMutation = graphql(`mutation SignOut { signOut }`);

const nodeFields = graphql(`
  fragment NodeFields on Node @_unmask {
    name state address slots note unreachableSince createdAt goneAt pricePerHour cost
    tasks { total waiting scheduled running succeeded failed cancelled }
  }
`);

/** What its retries and iterations came to; it changes often, and not every event tells of it. */
const reliabilityFields = graphql(`
  fragment ReliabilityFields on Job @_unmask {
    iterations { iteration criterion kept ending note }
    failures { code count advice }
    retryCost { attempts tasks lostMilliseconds }
  }
`);

export const jobPageQuery = graphql(
  `query JobPage($id: ID!) {
    job(id: $id) {
      ...JobFields
      ...ReliabilityFields
      stageTimes { stage enteredAt leftAt milliseconds }
      taskGrid { iteration firstNumber states }
      nodes { ...NodeFields }
      curation { curator experiment url complete datasets datasetsInAll files bytes leftOut unknownSchemas }
      numbers(first: 1) { numbers { name } }
      declaredOutputs { name kind title }
      events(first: 200, newestFirst: true) { nodes { seq at jobId kind subject from to message } pageInfo { hasNextPage endCursor } }
    }
  }`,
  [jobFields, reliabilityFields, nodeFields],
);
export type JobPageData = NonNullable<ResultOf<typeof jobPageQuery>['job']>;
export type StageTime = JobPageData['stageTimes'][number];
export type JobNode = JobPageData['nodes'][number];
export type Iteration = JobPageData['iterations'][number];
export type FailureCount = JobPageData['failures'][number];

export const jobCurationQuery = graphql(
  `query JobCuration($id: ID!) {
    job(id: $id) { id curation { curator experiment url complete datasets datasetsInAll files bytes leftOut unknownSchemas } }
  }`,
);
export const transferQuery = graphql(`query Transfer($id: ID!) { job(id: $id) { id transfer { direction bytes rate } } }`);

export const jobNodesQuery = graphql(`query JobNodes($id: ID!) { job(id: $id) { id nodes { ...NodeFields } } }`, [nodeFields]);

export const reliabilityQuery = graphql(`query Reliability($id: ID!) { job(id: $id) { id ...ReliabilityFields } }`, [reliabilityFields]);

export const failuresQuery = graphql(
  `query Failures($id: ID!, $iteration: Int!) { job(id: $id) { id failures(iteration: $iteration) { code count advice } } }`,
);

export const scoresQuery = graphql(`query Scores($id: ID!) { job(id: $id) { id iterations { iteration scores { task score } } } }`);

export const stageTimesQuery = graphql(
  `query StageTimes($id: ID!) { job(id: $id) { id stageTimes { stage enteredAt leftAt milliseconds } } }`,
);

export const gridQuery = graphql(
  `query Grid($id: ID!, $iteration: Int) { job(id: $id) { id lastSeq taskGrid(iteration: $iteration) { iteration firstNumber states } } }`,
);

export const eventsQuery = graphql(
  `query Events($id: ID!, $first: Int!, $after: String, $kinds: [EventKind!]) {
    job(id: $id) {
      id
      events(first: $first, after: $after, kinds: $kinds, newestFirst: true) {
        nodes { seq at jobId kind subject from to message }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`,
);

export const failedTasksQuery = graphql(
  `query FailedTasks($id: ID!, $iteration: Int!, $first: Int!, $after: String) {
    job(id: $id) {
      id
      tasks(states: [failed], iteration: $iteration, first: $first, after: $after) {
        nodes { ...TaskFields }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  }`,
  [taskFields],
);

const attemptFields = graphql(`
  fragment AttemptFields on Attempt @_unmask { attempt node exitCode advice startedAt endedAt failure { code message } }
`);
export type Attempt = ResultOf<typeof attemptFields>;

export const taskQuery = graphql(
  `query Task($id: ID!, $number: Int!) {
    job(id: $id) { id task(number: $number) { ...TaskFields attempts { ...AttemptFields } } }
  }`,
  [taskFields, attemptFields],
);
export type WholeTask = NonNullable<NonNullable<ResultOf<typeof taskQuery>['job']>['task']>;
