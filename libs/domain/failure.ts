/** Stable codes of why a task failed, with what a person can do about it. */
export const FAILURE_ADVICE = {
  EXIT: 'Read its log: main.sh itself says that it failed.',
  SIGNAL: 'Read its log; signal 9 is often the lack of memory, signal 11 a fault in the program.',
  LOST: 'Retry the job: it begins again what was lost.',
  REBOOTED: 'The machine was restarted; retry the job when it is up for good.',
  TIME_LIMIT: 'Give it a longer time limit or more walltime, or put fewer tasks into one element.',
  OUT_OF_MEMORY: 'Ask for more memory.',
  NODE_FAILED: 'The machine failed; retry the job.',
  PREEMPTED: 'Others had precedence; retry the job, or choose another queue or QOS.',
  CANCELLED_BY_ADMINISTRATOR: 'Somebody cancelled it on the cluster; ask its administrators why before you retry.',
  NOT_BEGUN: 'Look at the modules and the setup lines of the platform.',
  REFUSED: 'The scheduler would never start it; change the resources it asks for.',
} as const;
export type TaskFailureCode = keyof typeof FAILURE_ADVICE;

export function isTaskFailureCode(text: string): text is TaskFailureCode {
  return Object.hasOwn(FAILURE_ADVICE, text);
}
