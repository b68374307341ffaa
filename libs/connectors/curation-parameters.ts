import type { Parameter, Platform } from '@kiln/domain';
import { isReady } from './system-parameters.ts';

/** Names of the places where results may be published now. */
export function curatorsOf(platforms: readonly Platform[]): string[] {
  return platforms.filter((platform) => platform.kind === 'mytardis' && isReady(platform)).map(({ name }) => name);
}

/** What is asked of a job whose results are published in one of `curators`. */
export function curationParameters(curators: readonly string[]): readonly Parameter[] {
  if (curators.length === 0) return [];
  const shared = { section: 'curation' } as const;
  return [
    {
      ...shared,
      name: 'curator',
      type: 'string',
      title: 'Curate results in MyTardis',
      help: 'Where the results are published when the job has succeeded.',
      default: '',
      choices: [{ value: '', title: 'No' }, ...curators.map((name) => ({ value: name, title: name }))],
    },
    {
      ...shared,
      name: 'curator_experiment',
      type: 'integer',
      title: 'Experiment',
      help: 'The number of one that is there; 0 is a new one.',
      default: 0,
      minimum: 0,
    },
    {
      ...shared,
      name: 'curator_title',
      type: 'string',
      title: 'Title of the experiment',
      help: 'Of a new one; blank is the path of the results.',
      default: '',
      pattern: '.{0,400}',
    },
  ];
}
