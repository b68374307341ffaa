import { graphql, type ResultOf } from './graphql.ts';

export const jobFields = graphql(`
  fragment JobFields on Job @_unmask {
    id directory connector version platform parameters retryOf sweepId point stage status iteration criteria lastSeq createdAt startedAt endedAt
    maximumIterations stopAfterIteration
    branchOf { job iteration }
    output { storage path }
    ending { code message }
    blocked { code message attempts since until }
    transfer { direction bytes rate }
    counts { total waiting scheduled running succeeded failed cancelled }
  }
`);
/** A job as the API gives it. Times are ISO 8601 in UTC; `counts` are tasks of the current iteration by state. */
export type Job = ResultOf<typeof jobFields>;

export const connectorFields = graphql(`
  fragment ConnectorFields on Connector @_unmask {
    name title description runsOn active version problem form updatedAt
    outputs { name title unit file }
    platforms { name kind provider description slots maxNodes }
  }
`);
/** A connector's folder; `problem` is one sentence and null while the folder is sound. `form` is a JSON Schema (draft-07). */
export type Connector = ResultOf<typeof connectorFields>;

export const taskFields = graphql(`
  fragment TaskFields on Task @_unmask {
    number iteration node state values input attempt retries notBefore exitCode numbers startedAt endedAt advice
    failure { code message }
  }
`);
/** One run of the payload for one point of the sweep. `number` counts from 1 in a job; with `notBefore` it waits to be tried again. */
export type Task = ResultOf<typeof taskFields>;

export const outputFields = graphql(`
  fragment OutputFields on OutputEntry @_unmask { name path kind size modifiedAt url node }
`);
/** A file or directory of a job's outputs; `path` is relative to the job's directory, `size` in bytes. With `node` it is not home yet. */
export type OutputEntry = ResultOf<typeof outputFields>;

export const eventFields = graphql(`
  fragment EventFields on Event @_unmask { seq at jobId kind subject from to message }
`);
/** A row of the job's history. `seq` grows; `from` and `to` are stages, statuses or states. */
export type JobEvent = ResultOf<typeof eventFields>;

export const logFields = graphql(`
  fragment LogFields on LogChunk @_unmask { offset nextOffset text complete }
`);
/** Bytes `offset` (inclusive) to `nextOffset` (exclusive) of a log. `complete`: nothing follows. */
export type LogChunk = ResultOf<typeof logFields>;

export const viewerQuery = graphql(`query Viewer { viewer { id name administrator } }`);

export const connectorsQuery = graphql(`query Connectors { connectors { ...ConnectorFields } }`, [connectorFields]);

export const jobsQuery = graphql(
  `query Jobs($filter: JobFilter, $sort: JobSort, $first: Int, $after: String) {
    jobs(filter: $filter, sort: $sort, first: $first, after: $after) {
      nodes { ...JobFields }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }`,
  [jobFields],
);

export const jobQuery = graphql(`query Job($id: ID!) { job(id: $id) { ...JobFields } }`, [jobFields]);

export const tasksQuery = graphql(
  `query Tasks($id: ID!, $states: [TaskState!], $iteration: Int, $first: Int, $after: String) {
    job(id: $id) {
      tasks(states: $states, iteration: $iteration, first: $first, after: $after) {
        nodes { ...TaskFields }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`,
  [taskFields],
);

export const logQuery = graphql(
  `query Log($id: ID!, $task: Int!, $stream: LogStream!, $offset: Float!, $attempt: Int) {
    job(id: $id) { task(number: $task) { attempt log(stream: $stream, offset: $offset, attempt: $attempt) { ...LogFields } } }
  }`,
  [logFields],
);

export const tailQuery = graphql(
  `query Tail($id: ID!, $task: Int!, $stream: LogStream!, $attempt: Int, $lines: Int!) {
    job(id: $id) { task(number: $task) { logTail(stream: $stream, attempt: $attempt, lines: $lines) } }
  }`,
);

export const outputsQuery = graphql(
  `query Outputs($id: ID!, $path: String!) { job(id: $id) { outputs(path: $path) { ...OutputFields } } }`,
  [outputFields],
);

export const submitMutation = graphql(
  `mutation Submit($input: SubmitJobInput!) { submitJob(input: $input) { job { ...JobFields } problems { path code message } } }`,
  [jobFields],
);

export const previewMutation = graphql(`
  mutation Preview($input: SubmitJobInput!) {
    previewJob(input: $input) {
      problems { path code message }
      taskCount
      firstTasks { number node values input }
      nodes
      parameters
    }
  }
`);
/** What a submission would do. `firstTasks` are the first 10; `parameters` have the defaults filled in. */
export type JobPreview = ResultOf<typeof previewMutation>['previewJob'];

export const cancelMutation = graphql(`mutation Cancel($id: ID!) { cancelJob(id: $id) { ...JobFields } }`, [jobFields]);

export const retryMutation = graphql(
  `mutation Retry($id: ID!, $scope: RetryScope!, $parameters: JSONObject) {
    retryJob(id: $id, scope: $scope, parameters: $parameters) { ...JobFields }
  }`,
  [jobFields],
);

export const setActiveMutation = graphql(
  `mutation SetActive($name: String!, $active: Boolean!) { setConnectorActive(name: $name, active: $active) { ...ConnectorFields } }`,
  [connectorFields],
);

export const createTokenMutation = graphql(`
  mutation CreateToken($name: String!) { createApiToken(name: $name) { token apiToken { id name createdAt } } }
`);
/** `token` is shown this once. */
export type CreatedToken = ResultOf<typeof createTokenMutation>['createApiToken'];

export const jobEventsSubscription = graphql(
  `subscription JobEvents($id: ID!, $after: Float!) {
    jobEvents(jobId: $id, after: $after) { events { ...EventFields } job { ...JobFields } lastSeq }
  }`,
  [eventFields, jobFields],
);
/** Events in the order of `seq`, with the job as it is now. */
export type JobEventBatch = ResultOf<typeof jobEventsSubscription>['jobEvents'];

export const taskLogSubscription = graphql(
  `subscription TaskLog($id: ID!, $task: Int!, $stream: LogStream!, $after: Float!, $attempt: Int) {
    taskLog(jobId: $id, task: $task, stream: $stream, after: $after, attempt: $attempt) { ...LogFields }
  }`,
  [logFields],
);
