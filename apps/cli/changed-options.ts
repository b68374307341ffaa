import type { LIMIT_PARAMETERS, RESOURCE_PARAMETERS, RETRY_PARAMETERS } from '@kiln/domain';
import { type Command, Option } from 'commander';

type Changeable = (typeof RESOURCE_PARAMETERS)[number] | (typeof RETRY_PARAMETERS)[number] | (typeof LIMIT_PARAMETERS)[number];

/** What a retry may change, with what its value is like. */
const CHANGEABLE: Readonly<Record<Changeable, string>> = {
  memory: 'for each task, such as 8G',
  walltime: 'for each task, such as 2h',
  cores: 'for each task',
  gpus: 'for each task',
  nodes_per_task: 'machines for each task',
  queue: 'queue or partition',
  account: 'who is charged',
  project: 'what it is for',
  qos: 'quality of service',
  directives: "options of the scheduler's own",
  tasks_per_element: 'tasks in one element of an array job',
  reschedule_failed_tasks: 'true or false',
  maximum_retries: 'how often one task is tried again',
  retry_delay: 'seconds before the first retry of a task',
  retry_codes: 'only these failures, such as EXIT,OUT_OF_MEMORY',
  retry_elsewhere: 'true: on another machine',
  retry_growth: 'so many times the memory or time that was lacking',
  max_failures: 'so many may fail, such as 3 or 10%',
  task_time_limit: 'for one task, such as 30m',
  stage_time_limit: 'for one stage',
  job_time_limit: 'for the job from now on',
  idle_time_limit: 'for machines of a cloud without a task',
  job_cost_limit: 'for the machines of a cloud, from the beginning of the job on',
};

/** One option for each, under a heading of its own. */
export function declareChanges(command: Command): Command {
  for (const [name, help] of Object.entries(CHANGEABLE)) {
    command.addOption(new Option(`--${name.replaceAll('_', '-')} <value>`, help).helpGroup('Changed from now on (blank takes it back):'));
  }
  return command;
}

/** What was given of them, by parameter name; values stay text. */
export function changesOf(options: object): Record<string, string> {
  const given = new Map<string, unknown>(Object.entries(options));
  return Object.fromEntries(
    Object.keys(CHANGEABLE).flatMap((name) => {
      const value = given.get(name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
