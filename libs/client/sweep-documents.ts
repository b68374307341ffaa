import { jobFields } from './documents.ts';
import { graphql, type ResultOf, type VariablesOf } from './graphql.ts';

export const sweepFields = graphql(`
  fragment SweepFields on Sweep @_unmask {
    id directory connector version parameters over atMost status lastSeq createdAt endedAt
    output { storage path }
    counts { total waiting active blocked succeeded failed cancelled }
  }
`);
/** A sweep as the API gives it; `counts` are its children by status. */
export type Sweep = ResultOf<typeof sweepFields>;

export const sweepQuery = graphql(`query Sweep($id: ID!) { sweep(id: $id) { ...SweepFields } }`, [sweepFields]);

export const sweepsQuery = graphql(
  `query Sweeps($first: Int, $after: String) {
    sweeps(first: $first, after: $after) { nodes { ...SweepFields } pageInfo { hasNextPage endCursor } totalCount }
  }`,
  [sweepFields],
);

export const submitSweepMutation = graphql(
  `mutation SubmitSweep($input: SubmitSweepInput!) {
    submitSweep(input: $input) { added sweep { ...SweepFields } problems { path code message } }
  }`,
  [sweepFields],
);

export const previewSweepMutation = graphql(`
  mutation PreviewSweep($input: SubmitSweepInput!) {
    previewSweep(input: $input) { problems { path code message } jobCount taskCount firstPoints atMost parameters }
  }
`);
/** What a sweep would do. `firstPoints` are the first 10, `taskCount` is that of its first job. */
export type SweepPreview = ResultOf<typeof previewSweepMutation>['previewSweep'];

export const extendSweepMutation = graphql(
  `mutation ExtendSweep($id: ID!, $over: JSON!) {
    extendSweep(id: $id, over: $over) { added sweep { ...SweepFields } problems { path code message } }
  }`,
  [sweepFields],
);

export const cancelSweepMutation = graphql(`mutation CancelSweep($id: ID!) { cancelSweep(id: $id) { ...SweepFields } }`, [sweepFields]);

export const retrySweepMutation = graphql(`mutation RetrySweep($id: ID!) { retrySweep(id: $id) { ...SweepFields } }`, [sweepFields]);

export const limitSweepMutation = graphql(
  `mutation LimitSweep($id: ID!, $atMost: Int!) { limitSweep(id: $id, atMost: $atMost) { ...SweepFields } }`,
  [sweepFields],
);

export const sweepChangedSubscription = graphql(
  `subscription SweepChanged($id: ID!, $after: Float!) {
    sweepChanged(id: $id, after: $after) { sweep { ...SweepFields } jobs { ...JobFields } lastSeq }
  }`,
  [sweepFields, jobFields],
);
/** Children that changed, with their sweep as it is now. */
export type SweepChangedBatch = ResultOf<typeof sweepChangedSubscription>['sweepChanged'];

export const sweepNumbersQuery = graphql(`
  query SweepNumbers($id: ID!, $of: NumberOf!, $since: Float, $first: Int!, $after: ID) {
    sweep(id: $id) {
      numbers(of: $of, since: $since, first: $first, after: $after) { jobs tasks more numbers { name title unit values } }
    }
  }
`);
/** Numbers that jobs of a sweep came to, in columns; null where one was not found. `tasks` are those that succeeded. */
export type SweepNumberTable = NonNullable<ResultOf<typeof sweepNumbersQuery>['sweep']>['numbers'];
/** How what the tasks of a job came to is one number. */
export type NumberOf = VariablesOf<typeof sweepNumbersQuery>['of'];

export const taskNumbersQuery = graphql(`
  query TaskNumbers($id: ID!, $name: String!, $first: Int!, $afterJob: ID, $afterTask: Int!) {
    sweep(id: $id) {
      taskNumbers(name: $name, first: $first, afterJob: $afterJob, afterTask: $afterTask) { jobs tasks values more }
    }
  }
`);
/** What one output was in each task of each job of a sweep. */
export type SweepTaskNumbers = NonNullable<ResultOf<typeof taskNumbersQuery>['sweep']>['taskNumbers'];
