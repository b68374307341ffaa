import { graphql, type ResultOf } from '@kiln/client/graphql';
import { sweepFields } from '@kiln/client/sweep-documents';

/** Of a job no more than its row in the table shows: there may be thousands. */
const childFields = graphql(`
  fragment ChildFields on Job @_unmask {
    id directory status stage point lastSeq createdAt startedAt endedAt
    ending { message }
    blocked { message }
  }
`);
export type Child = ResultOf<typeof childFields>;

export const childrenQuery = graphql(
  `query Children($id: ID!, $after: String) {
    sweep(id: $id) { id jobs(first: 500, after: $after) { nodes { ...ChildFields } pageInfo { hasNextPage endCursor } } }
  }`,
  [childFields],
);

export const sweepFollowed = graphql(
  `subscription SweepFollowed($id: ID!, $after: Float!) {
    sweepChanged(id: $id, after: $after) { sweep { ...SweepFields } jobs { ...ChildFields } lastSeq }
  }`,
  [sweepFields, childFields],
);
