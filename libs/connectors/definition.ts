import {
  COMPUTING_KINDS,
  type ConvergedFunction,
  FILE_KINDS,
  INPUT_MODES,
  KnownError,
  type MetadataFunction,
  OUTPUT_ROWS,
  SECTIONS,
  STAGES,
  type StageOverrides,
  type SweepFunction,
  type TransformFunction,
} from '@kiln/domain';
import { z } from 'zod';
import { orMeant } from './names.ts';

export type RawDefinition = z.infer<typeof codeDefinition>;
export type RawParameter = z.infer<typeof parameter>;
export type RawOutput = z.infer<typeof output>;

/** Checks the shape of what `connector.yaml` or `connector.ts` (`file`) holds. @throws KnownError CONNECTOR_BROKEN that names every key. */
export function checkShape(raw: unknown, file: string): RawDefinition {
  const sentences = isRecord(raw) ? protoKeys(raw) : ['it must be a map of keys, such as `description:` and `runsOn:`.'];
  if (sentences.length > 0) throw broken(file, sentences);
  const code = file.endsWith('.ts');
  const result = (code ? codeDefinition : dataDefinition).safeParse(raw);
  if (result.success) return result.data;
  throw broken(
    file,
    result.error.issues.flatMap((issue) => explain(issue, code)),
  );
}

/** All that is wrong with a connector's file, as one error. */
export function broken(file: string, sentences: readonly string[], cause?: unknown): KnownError {
  return new KnownError('CONNECTOR_BROKEN', sentences.map((sentence) => `${file}: ${sentence}`).join(' '), { cause });
}

const text = z.string(says('must be text'));
const scalar = z.union([z.string(), z.number(), z.boolean()], says('must be text, a number, true or false'));
const kind = z.enum(COMPUTING_KINDS, says(`must be one of ${COMPUTING_KINDS.join(', ')}`));

const choice = z.union(
  [scalar, z.strictObject({ value: scalar, title: text.optional() })],
  says('must be a value, or a map of `value` and `title`'),
);

const parameter = z.strictObject(
  {
    type: z.enum(['string', 'integer', 'number', 'boolean'], says('must be string, integer, number or boolean')).optional(),
    title: text.optional(),
    help: text.optional(),
    default: scalar.optional(),
    section: z.enum(SECTIONS, says(`must be one of ${SECTIONS.join(', ')}`)).optional(),
    minimum: z.number(says('must be a number')).optional(),
    maximum: z.number(says('must be a number')).optional(),
    pattern: text.optional(),
    choices: z.array(choice, says('must be a list')).min(1, 'must have at least one choice').optional(),
    onlyWhen: z.strictObject({ parameter: text, equals: scalar }, says('must be a map of `parameter` and `equals`')).optional(),
  },
  says('must be a map, such as `{ type: integer, default: 1 }`'),
);

const column = z.union([text, z.int().min(1)], says('must be a heading, or a number from 1'));
const OUTPUT_KINDS = ['number', ...FILE_KINDS] as const;

const output = z.strictObject(
  {
    kind: z.enum(OUTPUT_KINDS, says(`must be one of ${OUTPUT_KINDS.join(', ')}`)).optional(),
    title: text.optional(),
    unit: text.optional(),
    file: text.min(1, 'is missing'),
    json: text.optional(),
    column: column.optional(),
    row: z.enum(OUTPUT_ROWS, says(`must be one of ${OUTPUT_ROWS.join(', ')}`)).optional(),
    match: text.optional(),
    x: column.optional(),
    y: z
      .union([column, z.array(column).min(1)], says('must be a heading, a number from 1, or a list of them'))
      .transform((columns) => (Array.isArray(columns) ? columns : [columns]))
      .optional(),
  },
  says('must be a map, such as `{ file: result.json, json: energy }`'),
);

const sweepMap = z.record(z.string(), z.array(scalar, says('must be a list of values')), says('must be a map of lists'));

const shape = {
  title: text.optional(),
  description: text.trim().min(1, 'is missing'),
  runsOn: z
    .union([kind, z.array(kind).min(1)], says(`must be one of ${COMPUTING_KINDS.join(', ')}, or a list of them`))
    .transform((kinds) => (typeof kinds === 'string' ? [kinds] : [...new Set(kinds)])),
  parameters: z.record(z.string(), parameter, says('must be a map of name and parameter')).optional(),
  defaults: z.record(z.string(), scalar, says('must be a map of name and value')).optional(),
  command: text.trim().min(1, 'must be a command line').optional(),
  reliability: z.boolean(says('must be true or false')).optional(),
  input: z.enum(INPUT_MODES, says(`must be ${INPUT_MODES.join(' or ')}`)).optional(),
  outputs: z.record(z.string(), output, says('must be a map of name and output')).optional(),
};
const none = z.undefined().optional();
const dataDefinition = z.strictObject({
  ...shape,
  sweep: sweepMap.optional(),
  transform: none,
  converged: none,
  metadata: none,
  stages: none,
});
const codeDefinition = z.strictObject({
  ...shape,
  sweep: z.union([sweepMap, z.custom<SweepFunction>(isFunction)], says('must be a map of lists or a function')).optional(),
  transform: z.custom<TransformFunction>(isFunction, 'must be a function').optional(),
  converged: z.custom<ConvergedFunction>(isFunction, 'must be a function').optional(),
  metadata: z.custom<MetadataFunction>(isFunction, 'must be a function').optional(),
  stages: z.custom<StageOverrides>(isRecord, 'must be a map of stages').superRefine(checkStages).optional(),
});

const CODE_KEYS = ['transform', 'converged', 'metadata', 'stages'];
const KEYS: Record<'top' | 'parameter' | 'choice' | 'onlyWhen' | 'output', readonly string[]> = {
  top: [...Object.keys(shape), 'sweep', ...CODE_KEYS],
  parameter: Object.keys(parameter.shape),
  choice: ['value', 'title'],
  onlyWhen: ['parameter', 'equals'],
  output: Object.keys(output.shape),
};
const PARTS = ['validate', 'isTriggered', 'process', 'output'];

function says(message: string) {
  return { error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing' : message) };
}

function explain(issue: z.core.$ZodIssue, code: boolean): string[] {
  const at = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, at, issue.path.length));
  if (at === 'stages' && !code) return ['`stages` are code; write a connector.ts instead of connector.yaml to change them.'];
  if (CODE_KEYS.includes(at) && !code) return [`\`${at}\` is code; write a connector.ts instead of connector.yaml to have it.`];
  return [`${at} ${issue.message}.`];
}

function unknownKey(key: string, at: string, depth: number): string {
  const inner = at.startsWith('outputs.')
    ? KEYS.output
    : at.endsWith('.onlyWhen')
      ? KEYS.onlyWhen
      : depth === 2
        ? KEYS.parameter
        : KEYS.choice;
  const known = depth === 0 ? KEYS.top : inner;
  return `there is no key '${key}'${at === '' ? '' : ` in ${at}`}${orMeant(key, known)}`;
}

function checkStages(stages: StageOverrides, context: z.RefinementCtx): void {
  for (const [name, override] of Object.entries(stages)) {
    const wrong = stageProblem(name, override);
    if (wrong) context.addIssue({ code: 'custom', message: wrong, path: [name] });
  }
}

function stageProblem(name: string, override: unknown): string | null {
  if (!STAGES.some((stage) => stage === name)) return `is not a stage${orMeant(name, STAGES).replace(/[.?]$/, '')}`;
  if (!isRecord(override)) return `must be a map of ${PARTS.join(', ')}`;
  for (const [part, action] of Object.entries(override)) {
    if (!PARTS.includes(part)) return `has no part '${part}'${orMeant(part, PARTS).replace(/[.?]$/, '')}`;
    if (action !== undefined && typeof action !== 'function') return `must have a function as ${part}`;
  }
  return null;
}

/** zod passes over keys named `__proto__`; they must not go unseen. */
function protoKeys(value: Record<string, unknown>, path: readonly string[] = []): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === '__proto__') return [`'__proto__' cannot be a key${path.length > 0 ? ` in ${path.join('.')}` : ''}.`];
    return isRecord(inner) && path.length < 3 ? protoKeys(inner, [...path, key]) : [];
  });
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
