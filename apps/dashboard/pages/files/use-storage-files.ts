import { useQuery } from '@apollo/client/react';
import { storageFilesQuery } from '@kiln/client/storage-documents';

/** As many as a browser shows at once without effort. */
const PAGE = 200;

/** The beginning of a directory, and more of it on demand: a directory may have a hundred thousand entries. */
export function useStorageFiles(storage: string, path: string, search: string) {
  const { data, error, loading, refetch, fetchMore } = useQuery(storageFilesQuery, {
    variables: { storage, path, search, first: PAGE, after: null },
    fetchPolicy: 'no-cache',
    notifyOnNetworkStatusChange: true,
  });
  const page = data?.storageFiles;
  const more = () =>
    fetchMore({
      variables: { after: page?.endCursor ?? null },
      updateQuery: (before, { fetchMoreResult: { storageFiles } }) => ({
        storageFiles: { ...storageFiles, entries: [...before.storageFiles.entries, ...storageFiles.entries] },
      }),
    });
  return { page, error, loading, reload: () => void refetch(), more: () => void more() };
}
