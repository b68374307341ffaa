import { jobFields } from './documents.ts';
import { graphql, type ResultOf } from './graphql.ts';

export const iterationFields = graphql(`
  fragment IterationFields on Iteration @_unmask { iteration criterion kept scores { task score } ending note }
`);
/** What an iteration came to. `kept` are numbers of tasks, the best first; `scores` the best (lowest) 100. */
export type Iteration = ResultOf<typeof iterationFields>;

export const iterationsQuery = graphql(`query Iterations($id: ID!) { job(id: $id) { iterations { ...IterationFields } } }`, [
  iterationFields,
]);

export const numbersQuery = graphql(`
  query Numbers($id: ID!, $iteration: Int, $first: Int!, $after: Int!) {
    job(id: $id) {
      numbers(iteration: $iteration, first: $first, after: $after) {
        iteration tasks more
        swept { name values }
        numbers { name title unit values }
      }
    }
  }
`);
/** Numbers that tasks left, in columns; null where one was not found. `swept` are the points of the sweep, as text. */
export type NumberTable = NonNullable<ResultOf<typeof numbersQuery>['job']>['numbers'];

export const failuresQuery = graphql(
  `query Failures($id: ID!, $iteration: Int) { job(id: $id) { failures(iteration: $iteration) { code count advice } } }`,
);
/** How many tasks failed in the same way; `advice` says what a person can do about it. */
export type FailureCount = NonNullable<ResultOf<typeof failuresQuery>['job']>['failures'][number];

export const curationQuery = graphql(`
  query Curation($id: ID!) {
    job(id: $id) { curation { curator experiment url complete datasets datasetsInAll files bytes leftOut unknownSchemas } }
  }
`);
/** What of a job's results is published in a MyTardis. */
export type Curation = NonNullable<NonNullable<ResultOf<typeof curationQuery>['job']>['curation']>;

export const retryCostQuery = graphql(`query RetryCost($id: ID!) { job(id: $id) { retryCost { attempts tasks lostMilliseconds } } }`);
/** What trying again has cost: attempts that were followed by another, of how many tasks, and how long they ran. */
export type RetryCost = NonNullable<ResultOf<typeof retryCostQuery>['job']>['retryCost'];

export const attemptsQuery = graphql(`
  query Attempts($id: ID!, $task: Int!) {
    job(id: $id) {
      task(number: $task) { attempts { attempt node exitCode startedAt endedAt advice failure { code message } } }
    }
  }
`);
/** A run of a task that was followed by another; `attempt` counts from 1. */
export type Attempt = NonNullable<NonNullable<ResultOf<typeof attemptsQuery>['job']>['task']>['attempts'][number];

export const nodesQuery = graphql(`
  query Nodes($id: ID!) { job(id: $id) { nodes { name state address slots note unreachableSince createdAt goneAt pricePerHour cost } } }
`);
/** A machine that a job uses or used. `note` says what its tasks wait for. */
export type Node = NonNullable<ResultOf<typeof nodesQuery>['job']>['nodes'][number];

export const stopMutation = graphql(
  `mutation StopAfterIteration($id: ID!, $stop: Boolean!) { stopAfterIteration(id: $id, stop: $stop) { ...JobFields } }`,
  [jobFields],
);

export const continueMutation = graphql(
  `mutation ContinueJob($id: ID!, $iterations: Int!) { continueJob(id: $id, iterations: $iterations) { ...JobFields } }`,
  [jobFields],
);

export const branchMutation = graphql(
  `mutation BranchJob($id: ID!, $iteration: Int!, $parameters: JSONObject) {
    branchJob(id: $id, iteration: $iteration, parameters: $parameters) { job { ...JobFields } problems { path code message } }
  }`,
  [jobFields],
);
