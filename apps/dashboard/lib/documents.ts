import { connectorFields, jobFields } from '@kiln/client/documents';
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

export const jobPageQuery = graphql(
  `query JobPage($id: ID!) {
    job(id: $id) {
      ...JobFields
      stageTimes { stage enteredAt leftAt milliseconds }
      taskGrid { iteration firstNumber states }
      nodes { name state address slots note tasks { total waiting scheduled running succeeded failed cancelled } }
      events(first: 200, newestFirst: true) { nodes { seq at jobId kind subject from to message } pageInfo { hasNextPage endCursor } }
    }
  }`,
  [jobFields],
);
export type JobPageData = NonNullable<ResultOf<typeof jobPageQuery>['job']>;
export type StageTime = JobPageData['stageTimes'][number];
export type JobNode = JobPageData['nodes'][number];

export const jobNodesQuery = graphql(
  `query JobNodes($id: ID!) {
    job(id: $id) { id nodes { name state address slots note tasks { total waiting scheduled running succeeded failed cancelled } } }
  }`,
);

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

export const taskQuery = graphql(
  `query Task($id: ID!, $number: Int!) {
    job(id: $id) {
      id
      task(number: $number) { number iteration node state values attempt exitCode startedAt endedAt failure { code message } }
    }
  }`,
);
