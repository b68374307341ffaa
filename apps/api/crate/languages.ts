import type { Entity } from './graph.ts';

/** What connectors are written in. */
export const LANGUAGES = {
  yaml: language('https://yaml.org/spec/1.2.2/', 'YAML', '1.2.2'),
  typescript: language('https://www.typescriptlang.org/', 'TypeScript', '6.0'),
};
/** What `main.sh` is written in, or begins with. */
export const SHELL = language(
  'https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html',
  'POSIX Shell Command Language',
  'POSIX.1-2017',
);

function language(url: string, name: string, version: string): Entity {
  return { '@id': url, '@type': 'ComputerLanguage', name, url, version };
}
