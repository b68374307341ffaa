import { type Parameters, reliabilityOf, timeLimitsOf, toleratedFailures } from '@kiln/domain';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { checkParameters, formSchema } from './form.ts';
import { choices, connector } from './sample-connector.ts';

const RETRIES = { reliability: true };
const ITERATES = { converged: () => ({ done: true }) };
const check = (given: Record<string, unknown>, more: object = RETRIES) => checkParameters(connector(more), given, choices);
const messages = (given: Record<string, unknown>, more?: object) => check(given, more).problems.map(({ message }) => message);
const parametersOf = (given: Record<string, unknown>, more?: object): Parameters => {
  const { problems, parameters } = check(given, more);
  expect(problems).toEqual([]);
  return parameters;
};
const names = (more: object) => Object.keys(formSchema(connector(more), choices).properties as object);

const OWN = ['reschedule_failed_tasks', 'maximum_retries', 'retry_delay', 'retry_codes', 'retry_elsewhere', 'retry_growth'];
const LIMITS = ['max_failures', 'task_time_limit', 'stage_time_limit', 'job_time_limit'];

describe('the form', () => {
  it('asks for limits always, for retries where the connector says so, for iterations where it iterates', () => {
    const BASE = ['platform', 'output_storage', 'output_path'];
    expect(names({})).toEqual([...BASE, ...LIMITS, 'sweep']);
    expect(names(RETRIES)).toEqual([...BASE, ...OWN, ...LIMITS, 'sweep']);
    expect(names(ITERATES)).toEqual([...BASE, ...LIMITS, 'maximum_iterations', 'sweep']);
    expect(names({ transform: () => ({}) })).toContain('maximum_iterations');
  });

  it('shows what a retry is like only while failed tasks are scheduled again', () => {
    const schema = formSchema(connector({ ...RETRIES, ...ITERATES }), choices);
    expect(new Ajv({ strict: false }).validateSchema(schema)).toBe(true);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    const only = { 'x-section': 'reliability', 'x-only-when': { parameter: 'reschedule_failed_tasks', equals: true } };
    const always = { 'x-section': 'reliability' };
    expect(schema.properties).toMatchObject({
      reschedule_failed_tasks: { type: 'boolean', title: 'Schedule failed tasks again', default: true, ...always },
      maximum_retries: { type: 'integer', minimum: 0, maximum: 100, default: 2, ...only },
      retry_delay: { type: 'number', minimum: 0, maximum: 3600, default: 10, ...only },
      retry_codes: { type: 'string', default: '', ...only },
      retry_elsewhere: { type: 'boolean', default: false, ...only },
      retry_growth: { type: 'number', minimum: 1, maximum: 10, default: 1.5, description: expect.stringContaining('scheduler'), ...only },
      max_failures: { type: 'string', default: '0', ...always },
      task_time_limit: { type: 'string', default: '', ...always },
      maximum_iterations: { type: 'integer', minimum: 1, maximum: 10_000, default: 20, title: 'Most iterations', 'x-section': 'sweep' },
    });
    for (const name of ['reschedule_failed_tasks', ...LIMITS]) expect(schema.properties).not.toHaveProperty([name, 'x-only-when']);
  });

  it('accepts its own defaults, and so does the check', () => {
    const one = connector({ ...RETRIES, ...ITERATES });
    const { problems, parameters } = checkParameters(one, {}, choices);
    expect(problems).toEqual([]);
    const validate = new Ajv({ strict: false, useDefaults: true }).compile(formSchema(one, choices));
    const filled = {};
    expect(validate(filled)).toBe(true);
    expect(checkParameters(one, filled, choices)).toEqual({ problems: [], parameters });
    expect(validate(parameters)).toBe(true);
  });
});

describe('what is kept', () => {
  it('are the defaults, and no blank limits', () => {
    const rest = { platform: 'local', output_storage: 'local', output_path: '', sweep: {} };
    const retries = { reschedule_failed_tasks: true, maximum_retries: 2, retry_delay: 10, retry_elsewhere: false, retry_growth: 1.5 };
    expect(parametersOf({}, {})).toEqual({ ...rest, max_failures: '0' });
    expect(parametersOf({ retry_codes: ' ', job_time_limit: '' })).toEqual({ ...rest, ...retries, max_failures: '0' });
    expect(parametersOf({}, ITERATES)).toEqual({ ...rest, max_failures: '0', maximum_iterations: 20 });
  });

  it('is what was given, as the domain reads it', () => {
    const parameters = parametersOf({
      ...{ maximum_retries: '5', retry_delay: '0.5', retry_codes: 'lost, node_failed', retry_elsewhere: 'true', retry_growth: 2 },
      ...{ max_failures: '10 %', task_time_limit: ' 30m ', stage_time_limit: '2h', job_time_limit: '1-12:00:00' },
    });
    const codes = ['LOST', 'NODE_FAILED'];
    expect(reliabilityOf(parameters)).toEqual({ maximumRetries: 5, delay: 0.5, codes, elsewhere: true, growth: 2 });
    expect(timeLimitsOf(parameters)).toEqual({ task: 1800, stage: 7200, job: 129_600, idle: null });
    expect(toleratedFailures(parameters, 55)).toBe(5);
    expect(toleratedFailures(parametersOf({ max_failures: 3 }), 55)).toBe(3);
    expect(reliabilityOf(parametersOf({})).codes).toBe(null);
  });

  it('of a retry is the default, unchecked, while failed tasks are not scheduled again', () => {
    const parameters = parametersOf({ reschedule_failed_tasks: false, maximum_retries: 'many', retry_codes: 'x' });
    expect(parameters).toMatchObject({ reschedule_failed_tasks: false, maximum_retries: 2 });
    expect(reliabilityOf(parameters).maximumRetries).toBe(0);
  });

  it("is a connector's default, unless a blank takes it away", () => {
    const defaults = { maximum_retries: 7, max_failures: 3, task_time_limit: '1h', retry_codes: 'LOST', reschedule_failed_tasks: false };
    const more = { ...RETRIES, ...ITERATES, defaults: { ...defaults, maximum_iterations: 4 } };
    expect(parametersOf({ reschedule_failed_tasks: true }, more)).toMatchObject({
      ...{ maximum_retries: 7, max_failures: '3', task_time_limit: '1h', retry_codes: 'LOST', maximum_iterations: 4 },
    });
    expect(parametersOf({ task_time_limit: '' }, more)).not.toHaveProperty('task_time_limit');
    expect(formSchema(connector(more), choices).properties).toMatchObject({
      reschedule_failed_tasks: { default: false },
      max_failures: { default: '3' },
      maximum_iterations: { default: 4 },
    });
  });
});

describe('what is refused', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ reschedule_failed_tasks: 'maybe' }, 'reschedule_failed_tasks must be true or false.'],
    [{ maximum_retries: -1 }, 'maximum_retries must be at least 0.'],
    [{ maximum_retries: 101 }, 'maximum_retries must be at most 100.'],
    [{ maximum_retries: 1.5 }, 'maximum_retries must be a whole number.'],
    [{ retry_delay: -1 }, 'retry_delay must be at least 0.'],
    [{ retry_delay: 3601 }, 'retry_delay must be at most 3600.'],
    [{ retry_delay: '10s' }, 'retry_delay must be a number.'],
    [{ retry_codes: 'LOST OUTOFMEMORY' }, "retry_codes has 'OUTOFMEMORY', which is no code of a failure; did you mean 'OUT_OF_MEMORY'?"],
    [{ retry_codes: 'x' }, "retry_codes has 'X', which is no code of a failure; the codes are EXIT, SIGNAL, LOST,"],
    [{ retry_elsewhere: 1 }, 'retry_elsewhere must be true or false.'],
    [{ retry_growth: 0.5 }, 'retry_growth must be at least 1.'],
    [{ retry_growth: 11 }, 'retry_growth must be at most 10.'],
    [{ max_failures: '-1' }, 'max_failures must be a number of tasks such as 3, or a share of them such as 10%.'],
    [{ max_failures: -1 }, 'max_failures must be a number of tasks such as 3, or a share of them such as 10%.'],
    [{ max_failures: '1.5' }, 'max_failures must be a number of tasks such as 3, or a share of them such as 10%.'],
    [{ max_failures: '101%' }, 'max_failures must be a number of tasks such as 3, or a share of them such as 10%.'],
    [{ max_failures: 'few' }, 'max_failures must be a number of tasks such as 3, or a share of them such as 10%.'],
    [{ max_failures: true }, 'max_failures must be text.'],
    [{ task_time_limit: 'soon' }, 'task_time_limit must be a time such as 30m, 2h or 1-12:00:00.'],
    [{ stage_time_limit: '30' }, 'stage_time_limit must be a time such as 30m, 2h or 1-12:00:00.'],
    [{ stage_time_limit: 30 }, 'stage_time_limit must be a time such as 30m, 2h or 1-12:00:00.'],
    [{ job_time_limit: '0m' }, 'job_time_limit must be a time such as 30m, 2h or 1-12:00:00.'],
    [{ job_time_limit: '9999999d' }, 'job_time_limit must be at most 3650d; leave it blank for no limit.'],
    [{ job_time_limit: 'a\0' }, 'job_time_limit must not hold a NUL character.'],
  ])('%j', (given, message) => {
    const found = messages(given);
    expect(found).toHaveLength(1);
    expect(found[0]?.slice(0, message.length)).toBe(message);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ maximum_iterations: 0 }, 'maximum_iterations must be at least 1.'],
    [{ maximum_iterations: 10_001 }, 'maximum_iterations must be at most 10000.'],
    [{ maximum_iterations: 'many' }, 'maximum_iterations must be a whole number.'],
  ])('%j', (given, message) => {
    expect(messages(given, ITERATES)).toEqual([message]);
  });

  it('is what the form of the connector does not have', () => {
    expect(messages({ maximum_retries: 1 }, {})).toEqual(["There is no parameter 'maximum_retries'."]);
    expect(messages({ maximum_iterations: 1 })).toEqual(["There is no parameter 'maximum_iterations'."]);
    expect(messages({ sweep: { max_failures: ['1', '2'] } })).toEqual([
      "'max_failures' cannot be swept, because it is the same for all tasks of a job.",
    ]);
  });

  it('are defaults that no submission could have', () => {
    const defaults = (given: object, more: object = RETRIES) => connector({ ...more, defaults: given });
    expect(() => defaults({ maximum_retries: 101, retry_codes: 'LOSS', max_failures: '1.5', job_time_limit: 5 })).toThrow(
      'connector.ts: defaults.maximum_retries must be at most 100. ' +
        "connector.ts: defaults.retry_codes has 'LOSS', which is no code of a failure; did you mean 'LOST'? " +
        'connector.ts: defaults.max_failures must be a number of tasks such as 3, or a share of them such as 10%. ' +
        'connector.ts: defaults.job_time_limit must be a time such as 30m, 2h or 1-12:00:00.',
    );
    expect(() => defaults({ maximum_retries: 1 }, {})).toThrow(
      'defaults.maximum_retries is for a connector with `reliability: true`; add that.',
    );
    expect(() => defaults({ maximum_iterations: 5 })).toThrow(
      'defaults.maximum_iterations is for a connector that iterates, by `transform` or `converged`.',
    );
    expect(() => defaults({ maximum_iterations: 0 }, ITERATES)).toThrow('defaults.maximum_iterations must be at least 1.');
  });
});
