import { CODE } from './bundle.ts';
import { type Entry, withFiles } from './folder.ts';
import { MAIN } from './layout.ts';
import { MANIFEST } from './manifest.ts';
import { nearest } from './names.ts';
import { olderScript } from './older-payload.ts';

/** What stands for the `connector.yaml` of a payload that came without one. */
const DEFINITION = `# Made by Kiln: the payload came without a connector.yaml.
description: A payload without a description; write a connector.yaml beside it to give it one, and parameters.
runsOn: [unix, cloud]
`;

/** A payload that says what a task runs is a connector, too; what is meant for its definition and misnamed is not passed over. */
export function withDefinition(entries: readonly Entry[]): readonly Entry[] {
  const has = (wanted: string) => entries.some(({ path }) => path === wanted);
  if (has(MANIFEST) || has(CODE) || misnamedDefinition(entries)) return entries;
  if (!has(MAIN) && olderScript(entries) === undefined) return entries;
  return withFiles(entries, [{ path: MANIFEST, content: Buffer.from(DEFINITION), executable: false }]);
}

/** A file whose name is nearly that of a definition. */
export function misnamedDefinition(entries: readonly Entry[]): { readonly path: string; readonly meant: string } | undefined {
  return entries
    .filter(({ path, content }) => content && !path.includes('/'))
    .flatMap(({ path }) => {
      const meant = nearest(path, [MANIFEST, CODE]);
      return meant === undefined ? [] : [{ path, meant }];
    })[0];
}
