import { jobFields, taskFields } from './documents.ts';
import { graphql, type ResultOf } from './graphql.ts';

export const comparedQuery = graphql(
  `query Compared($id: ID!, $task: Int!, $ofTask: Boolean!) {
    job(id: $id) {
      ...JobFields
      stageTimes { stage milliseconds }
      combinedNumbers { name title unit value }
      task(number: $task) @include(if: $ofTask) { ...TaskFields }
    }
  }`,
  [jobFields, taskFields],
);
export type ComparedJob = NonNullable<ResultOf<typeof comparedQuery>['job']>;
