import type { Placeholder } from '@kiln/domain';
import { broken } from './definition.ts';
import type { Entry } from './folder.ts';
import { OLDER_COPY } from './layout.ts';

const SUFFIX = '_template';

/** The files of a payload that are rendered for each task. */
export function templates(entries: readonly Entry[]): readonly (Entry & { readonly content: Buffer })[] {
  return entries.flatMap(({ content, ...entry }) => (content && isTemplate(entry.path) ? [{ ...entry, content }] : []));
}

/** Where the templates want values, each name of a file once. @throws KnownError CONNECTOR_BROKEN with file and line */
export function placeholders(entries: readonly Entry[]): readonly Placeholder[] {
  return templates(entries).flatMap(({ path, content }) => {
    const file = path.replace(`${OLDER_COPY}/`, '');
    const made = path.slice(0, -SUFFIX.length);
    if (entries.some((entry) => entry.path === made)) {
      throw broken(file, [`there is ${file.slice(0, -SUFFIX.length)} already, which it is to become; remove one of them.`]);
    }
    if (/\p{Cc}/u.test(file)) throw broken(JSON.stringify(file), ['the name of a template must not hold control characters.']);
    if (content.includes(0)) throw broken(file, ['it is no text, so it cannot be a template; give it another name.']);
    const lines = content.toString().split('\n');
    const found = lines.flatMap((text, index) => inLine(file, text, index + 1));
    return found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index);
  });
}

function isTemplate(path: string): boolean {
  return /^(process_payload|initial)\//.test(path) && path.endsWith(SUFFIX) && !path.endsWith(`/${SUFFIX}`);
}

/** As Django reads a line; of what it understands, Kiln has `{{name}}` only. */
function inLine(file: string, text: string, line: number): Placeholder[] {
  const complain = (sentence: string) => broken(file, [`line ${line}: ${sentence}`]);
  const tag = /\{%.*?%\}|\{#.*?#\}/.exec(text)?.[0];
  if (tag) throw complain(`${brief(tag)} is of a kind that Kiln does not have; only {{name}} is.`);
  if (text.replace(/\{\{.*?\}\}/g, '').includes('{{')) throw complain('a “{{” is not closed by “}}” on its line.');
  return [...text.matchAll(/\{\{(.*?)\}\}/g)].map(([whole, inner = '']) => {
    const name = /^[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*$/.exec(inner)?.[1];
    if (name === undefined) throw complain(`${brief(whole)} names no value; write the name of one, as in {{name}}.`);
    return { file, line, name };
  });
}

function brief(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
