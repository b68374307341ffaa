import { found } from './found.ts';
import { graphql, type ResultOf } from './graphql.ts';
import { type Connection, request } from './request.ts';

export const declaredOutputsQuery = graphql(`
  query DeclaredOutputs($id: ID!) { job(id: $id) { declaredOutputs { name kind title unit file x y } } }
`);
/** What each task of a job leaves in its files, as its connector tells it. */
export type DeclaredOutput = NonNullable<ResultOf<typeof declaredOutputsQuery>['job']>['declaredOutputs'][number];

export const foundOutputQuery = graphql(`
  query FoundOutput($id: ID!, $name: String!, $iteration: Int, $first: Int!, $after: Int!) {
    job(id: $id) {
      foundOutput(name: $name, iteration: $iteration, first: $first, after: $after) {
        output { name kind title file x y }
        iteration more
        tasks { task values cut files { name path kind size modifiedAt url } }
      }
    }
  }
`);
export type FoundOutput = NonNullable<ResultOf<typeof foundOutputQuery>['job']>['foundOutput'];
/** Files of a task that are what its connector declares; `cut`: there are more of them. */
export type TaskFiles = FoundOutput['tasks'][number];

const PAGE = 100;

export async function declaredOutputs(connection: Connection, id: string): Promise<readonly DeclaredOutput[]> {
  return found(id, (await request(connection, declaredOutputsQuery, { id })).job).declaredOutputs;
}

/** The tasks whose results are home, in their order, with the files that the declared output `name` is in each. */
export async function* foundOutput(
  connection: Connection,
  id: string,
  name: string,
  iteration: number | null,
): AsyncGenerator<TaskFiles, void, undefined> {
  let after = 0;
  for (;;) {
    const page: FoundOutput = found(
      id,
      (await request(connection, foundOutputQuery, { id, name, iteration, first: PAGE, after })).job,
    ).foundOutput;
    yield* page.tasks;
    if (!page.more) return;
    after = page.tasks.at(-1)?.task ?? after;
  }
}
