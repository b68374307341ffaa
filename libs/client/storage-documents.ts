import { outputFields } from './documents.ts';
import { graphql } from './graphql.ts';

export const storageFilesQuery = graphql(
  `query StorageFiles($storage: String!, $path: String!, $search: String!, $first: Int!, $after: String) {
    storageFiles(storage: $storage, path: $path, search: $search, first: $first, after: $after) {
      entries { ...OutputFields } total endCursor
    }
  }`,
  [outputFields],
);
