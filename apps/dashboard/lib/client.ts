import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { ErrorLink } from '@apollo/client/link/error';
import { reportSignedOut } from './session.ts';
import { troubleOf } from './trouble.ts';

interface Page {
  readonly nodes: readonly unknown[];
}

/** Pages that follow one another are one list; the first page begins it anew. */
function mergePages(known: Page | undefined, next: Page, { args }: { readonly args: Record<string, unknown> | null }): Page {
  return args?.['after'] && known ? { ...next, nodes: [...known.nodes, ...next.nodes] } : next;
}

/** Queries and mutations. What changes by itself comes through `live.ts` and is written into this cache. */
export const client = new ApolloClient({
  link: ApolloLink.from([
    new ErrorLink(({ error }) => {
      if (troubleOf(error).code === 'NOT_SIGNED_IN') reportSignedOut();
    }),
    new HttpLink({ uri: '/graphql', credentials: 'same-origin' }),
  ]),
  cache: new InMemoryCache({
    typePolicies: {
      Connector: { keyFields: ['name'], fields: { form: { merge: false } } },
      Platform: { keyFields: ['name'] },
      // Parts of a job have no identity outside of it.
      Task: { keyFields: false },
      Node: { keyFields: false },
      Job: {
        fields: {
          ...{ parameters: { merge: false }, counts: { merge: false }, nodes: { merge: false }, stageTimes: { merge: false } },
          ...{ iterations: { merge: false }, failures: { merge: false }, retryCost: { merge: false }, branchOf: { merge: false } },
        },
      },
      Sweep: { fields: { counts: { merge: false }, parameters: { merge: false }, over: { merge: false } } },
      Query: {
        fields: {
          sweeps: { keyArgs: [], merge: mergePages },
          apiTokens: { merge: false },
          presets: { merge: false },
          connectors: { merge: false },
        },
      },
    },
  }),
});
