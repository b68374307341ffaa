import type { Problem } from './errors.ts';
import { KnownError } from './errors.ts';
import type { StageOverride, Submission } from './handler.ts';
import { checkedSweep, requestedNodes } from './request.ts';
import { STAGES, type StageName } from './stage.ts';
import type { Sweep } from './sweep.ts';

type Validate = (submission: Submission) => readonly Problem[];

const nothing: Validate = () => [];

/** What a stage demands of a submission. Forms check types and ranges before; this is what needs several values at once. */
export function validateStage(stage: StageName, submission: Submission): readonly Problem[] {
  return VALIDATORS[stage](submission);
}

const VALIDATORS: Readonly<Record<StageName, Validate>> = {
  configure: validateOutputPath,
  create: validateNodes,
  bootstrap: nothing,
  schedule: ({ sweep }) => sweepProblems(sweep),
  execute: nothing,
  wait: nothing,
  transform: nothing,
  converge: nothing,
  destroy: nothing,
};

/** Asks every stage, as the connector replaced or extended it, and gives all problems at once. */
export function validateSubmission(submission: Submission): readonly Problem[] {
  return STAGES.flatMap((stage) => {
    const override: StageOverride<StageName> | undefined = submission.connector.stages[stage];
    const base = () => validateStage(stage, submission);
    if (!override?.validate) return base();
    try {
      return override.validate(submission, base);
    } catch (error) {
      const message = `The connector's own check of ${stage} failed: ${error instanceof Error ? error.message : String(error)}`;
      return [{ path: [], code: 'CONNECTOR_CODE', message }];
    }
  });
}

function validateOutputPath({ parameters }: Submission): readonly Problem[] {
  const path = parameters.output_path;
  if (typeof path !== 'string') return [];
  const climbs = path.startsWith('/') || path.includes('\0') || path.split('/').includes('..');
  return climbs ? [{ path: ['output_path'], code: 'BAD_INPUT', message: 'output_path must be relative and must not contain “..”.' }] : [];
}

function validateNodes({ platform, parameters }: Submission): readonly Problem[] {
  const { count, minimum } = requestedNodes(platform, parameters);
  const problems: Problem[] = [];
  if (minimum > count) {
    problems.push({ path: ['minimum_nodes'], code: 'BAD_INPUT', message: `minimum_nodes (${minimum}) is larger than nodes (${count}).` });
  }
  if (count > platform.maxNodes) {
    const message = `${platform.name} gives a job at most ${platform.maxNodes} machines; ${count} are asked for.`;
    problems.push({ path: ['nodes'], code: 'BAD_INPUT', message });
  }
  return problems;
}

/** A sweep that has no points, or too many for one iteration. */
export function sweepProblems(sweep: Sweep): readonly Problem[] {
  try {
    checkedSweep(sweep, 1);
    return [];
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return [{ path: ['sweep'], code: error.code, message: error.message }];
  }
}
