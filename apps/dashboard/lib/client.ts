import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { ErrorLink } from '@apollo/client/link/error';
import { reportSignedOut } from './session.ts';
import { troubleOf } from './trouble.ts';

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
      Query: { fields: { apiTokens: { merge: false }, presets: { merge: false }, connectors: { merge: false } } },
    },
  }),
});
