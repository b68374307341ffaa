import type { LoadedConnector } from '@kiln/connectors/load';
import { asText, isReliability, reliabilityProblem } from '@kiln/connectors/reliability-parameters';
import { isResource, resourceParameter, resourceProblem } from '@kiln/connectors/resource-parameters';
import { converted, isValue } from '@kiln/connectors/value';
import type { JobRow } from '@kiln/db/jobs';
import { type Parameter, RETRY_PARAMETERS, type Value } from '@kiln/domain';
import type { Context } from '../context.ts';

export type Given = Readonly<Record<string, unknown>>;

/** The connector's folder, if it is still what the job was submitted with. */
export async function sameVersion({ catalog }: Context, job: JobRow): Promise<LoadedConnector | null> {
  await catalog.refresh();
  const loaded = catalog.loaded(job.connector);
  return loaded?.hash === job.version ? loaded : null;
}

export interface ValueAlone {
  readonly value?: Value;
  /** One sentence. */
  readonly problem?: string;
}

/**
 * Another value for a parameter of a job, when the job's version of its connector is not at hand: a parameter of the connector's own
 * must be one that the job has, and keeps its type.
 */
export function valueAlone(job: JobRow, name: string, given: unknown): ValueAlone {
  const before = job.parameters[name];
  const type = typeOf(name, before);
  const changed = { problem: `The connector '${job.connector}' has changed since job ${job.id}; '${name.slice(0, 60)}' cannot be set.` };
  if (type === null) return changed;
  const asksRetries = job.parameters['reschedule_failed_tasks'] !== undefined;
  if (!asksRetries && RETRY_PARAMETERS.some((one) => one === name)) return changed;
  const value = isReliability(name) ? asText(type, converted(type, given)) : converted(type, given);
  if (!isValue(value)) return { problem: `${name} must be text, a number, true or false.` };
  const wrong = problemOf(name, type, value);
  return wrong === null ? { value: typeof value === 'string' && isSystem(name) ? value.trim() : value } : { problem: `${name} ${wrong}.` };
}

function typeOf(name: string, before: JobRow['parameters'][string] | undefined): Parameter['type'] | null {
  if (isResource(name)) return resourceParameter(name).type;
  if (typeof before === 'object') return null;
  if (before !== undefined) return typeof before === 'string' ? 'string' : typeof before === 'boolean' ? 'boolean' : 'number';
  return isReliability(name) && name !== 'maximum_iterations' ? 'string' : null;
}

const isSystem = (name: string) => isResource(name) || isReliability(name);

function problemOf(name: string, type: Parameter['type'], value: Value): string | null {
  if (isSystem(name) && typeof value === 'string' && value.trim() === '') return type === 'string' ? null : 'must not be blank';
  if (isResource(name)) return resourceProblem(name, value);
  if (isReliability(name)) return reliabilityProblem(name, value);
  const kept = type === 'string' ? typeof value === 'string' : typeof value === type;
  return kept ? null : `must be ${type === 'string' ? 'text' : `a ${type}`}, as it was`;
}
