/** The nine stages of a job, in the order in which a job first meets them. */
export const STAGES = ['configure', 'create', 'bootstrap', 'schedule', 'execute', 'wait', 'transform', 'converge', 'destroy'] as const;

export type StageName = (typeof STAGES)[number];

/**
 * The stages that may follow each stage. Every recorded move of a job is in this record.
 *
 * `wait → schedule` is what failed tasks go back to; `converge → schedule` is the next iteration; `destroy → configure` is a retry of an ended job.
 * Failure and cancel are not moves of their own: they set the job's `ending`, and the only way on is `destroy`.
 */
export const TRANSITIONS: Readonly<Record<StageName, readonly StageName[]>> = {
  configure: ['create', 'destroy'],
  create: ['bootstrap', 'destroy'],
  bootstrap: ['schedule', 'destroy'],
  schedule: ['execute', 'destroy'],
  execute: ['wait', 'destroy'],
  wait: ['schedule', 'transform', 'destroy'],
  transform: ['converge', 'destroy'],
  converge: ['schedule', 'destroy'],
  destroy: ['configure'],
};
