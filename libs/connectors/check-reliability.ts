import type { Connector, Value } from '@kiln/domain';
import type { Report } from './check-parameters.ts';
import { asText, isReliability, reliabilityParameters, reliabilityProblem } from './reliability-parameters.ts';
import { converted } from './value.ts';

/**
 * Retries, tolerated failures, time limits and the most iterations. Blank text is no limit and is not kept; what is not shown keeps its
 * default, unchecked.
 */
export function checkReliability(connector: Connector, given: ReadonlyMap<string, unknown>, report: Report): void {
  for (const parameter of reliabilityParameters(connector)) {
    const { name, type, onlyWhen } = parameter;
    if (!isReliability(name)) continue;
    const shown = !onlyWhen || report.values.get(onlyWhen.parameter) === onlyWhen.equals;
    const raw = shown ? given.get(name) : undefined;
    const blank = typeof raw === 'string' && raw.trim() === '';
    const value = raw === undefined || (blank && type !== 'string') ? parameter.default : asText(type, converted(type, raw));
    const wrong = reliabilityProblem(name, value);
    if (wrong) report.add(name, `${name} ${wrong}${wrong.endsWith('?') ? '' : '.'}`);
    else if (typeof value !== 'string')
      report.values.set(name, value as Value); // of the declared type, the check says
    else if (value.trim() !== '') report.values.set(name, value.trim());
  }
}
