import type { Connector, StageHandler, StageHandlers, StageName, StageOverride } from '@kiln/domain';
import { bootstrap } from './stages/bootstrap.ts';
import { configure } from './stages/configure.ts';
import { converge } from './stages/converge.ts';
import { create } from './stages/create.ts';
import { destroy } from './stages/destroy.ts';
import { execute } from './stages/execute.ts';
import { schedule } from './stages/schedule.ts';
import { transform } from './stages/transform.ts';
import { wait } from './stages/wait.ts';

export const HANDLERS: StageHandlers = { configure, create, bootstrap, schedule, execute, wait, transform, converge, destroy };

/** The handler of a stage, with the parts that the connector replaces or extends. */
export function handlerOf<N extends StageName>(connector: Connector, name: N): StageHandler<N> {
  const base: StageHandler<N> = HANDLERS[name];
  const override: StageOverride<N> | undefined = connector.stages[name];
  if (!override) return base;
  const { validate, isTriggered, process, output } = override;
  return {
    validate: validate ? (submission) => validate(submission, () => base.validate(submission)) : base.validate,
    isTriggered: isTriggered ? (state) => isTriggered(state, () => base.isTriggered(state)) : base.isTriggered,
    process: process ? (state, world) => process(state, world, () => base.process(state, world)) : base.process,
    output: output ? (state, result) => output(state, result, () => base.output(state, result)) : base.output,
  };
}
