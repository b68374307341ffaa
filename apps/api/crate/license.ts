import { KnownError } from '@kiln/domain';
import { ref } from './graph.ts';
import type { License } from './root.ts';

/** Under which terms a crate may be used: an identifier of SPDX or an address, as the owner gives it. @throws KnownError BAD_INPUT */
export function licenseOf(given: string | undefined, owner: string): License {
  if (given === undefined) return license('#license', 'No licence', `No licence was given: ask ${owner} before you use this crate.`);
  return license(addressOf(given), given, `${owner} gives this crate under these terms.`);
}

function license(id: string, name: string, description: string): License {
  return { value: ref(id), entities: [{ '@id': id, '@type': 'CreativeWork', name, description }] };
}

/** https://spdx.org/licenses/ */
function addressOf(given: string): string {
  if (/^[A-Za-z0-9.+-]{1,100}$/.test(given)) return `https://spdx.org/licenses/${given}`;
  const url = given.length <= 1000 && URL.canParse(given) ? new URL(given) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href;
  throw new KnownError('BAD_INPUT', 'A licence is an identifier of SPDX, such as CC-BY-4.0, or the address of its text.');
}
