import type { Draft, Errors } from './draft.ts';

/** What the draft says of a web server, in the words of the API. */
export function webInputOf(draft: Draft) {
  const url = draft.url.trim();
  const errors: Errors = url === '' ? { url: 'Say where it is.' } : {};
  return { description: draft['description'].trim(), url, errors };
}
