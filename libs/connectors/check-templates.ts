import type { Connector, Problem, Sweep } from '@kiln/domain';

/** Names in the templates of a payload to which nothing gives a value in an iteration with this sweep. */
export function templateProblems(connector: Connector, sweep: Sweep): Problem[] {
  const { placeholders } = connector.payload;
  if (placeholders.length === 0) return [];
  const known = new Set(['run_counter', ...connector.parameters.map(({ name }) => name), ...Object.keys(sweep)]);
  return placeholders
    .filter(({ name }) => !known.has(name))
    .map(({ file, line, name }) => ({
      path: ['sweep'],
      code: 'BAD_INPUT',
      message: `${file}: line ${line}: nothing gives {{${name}}} a value; sweep ${name}, or make it a parameter of the connector.`,
    }));
}
