import type { Draft, Errors } from './draft.ts';

/** What the draft says of a MyTardis, in the words of the API. */
export function curatorInputOf(draft: Draft) {
  const url = draft['curator.url'].trim();
  const user = draft['curator.user'].trim();
  const largest = draft['curator.largestFile'].trim();
  const errors: Errors = {
    ...(url === '' && { 'curator.url': 'Say where it is.' }),
    ...(user === '' && { 'curator.user': 'Say who publishes.' }),
    ...(!/^\d{1,8}$/.test(largest) && { 'curator.largestFile': 'Write a whole number.' }),
  };
  return { description: draft['description'].trim(), curator: { url, user, largestFile: Number(largest) }, errors };
}
