import { type Connector, DEFAULT_SETTINGS, type Platform, THIS_MACHINE } from '@kiln/domain';
import { define } from './define.ts';
import { checkShape } from './definition.ts';

export const local: Platform = {
  ...THIS_MACHINE,
  settings: DEFAULT_SETTINGS,
  name: 'local',
  kind: 'unix',
  description: 'This machine',
  slots: 2,
  maxNodes: 1,
};
export const cloud: Platform = { ...local, name: 'local-cloud', kind: 'cloud', maxNodes: 8 };
export const choices = { platforms: [local, cloud], storages: ['local'] };

/** A connector with these keys besides the necessary ones. */
export function connector(more: object = {}): Connector {
  const payload = { bootstrap: false, schedule: false, copied: false, initial: false, placeholders: [] };
  return define('sample', checkShape({ description: 'A sample.', runsOn: 'unix', ...more }, 'connector.ts'), payload, 'connector.ts');
}
/** Parameters of every sort. */
export const FIELDS = {
  seed: { default: 42, minimum: 1, maximum: 100 },
  rate: { type: 'number', default: 0.5 },
  loud: { type: 'boolean', default: false },
  text: { default: 'ab', pattern: '[a-z]+' },
  mode: { default: 'slow', choices: ['slow', 'fast'], section: 'reliability' },
  limit: { default: 10, minimum: 5, onlyWhen: { parameter: 'mode', equals: 'fast' } },
};
