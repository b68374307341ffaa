import type { Resources } from '@kiln/domain';
import { directives, word } from './directives.ts';
import { daysAndClock } from './duration.ts';
import type { ArrayRequest, Scheduler } from './scheduler.ts';
import { SLURM_PROBES, slurmFacts } from './slurm-facts.ts';
import { SLURM_HISTORY, slurmHistory } from './slurm-history.ts';
import { SLURM_STATUS, slurmQueue } from './slurm-queue.ts';

export const slurm: Scheduler = {
  kind: 'slurm',
  submit: (request) => ({ directives: directives('#SBATCH', options(request.resources), request.resources), argv: sbatch(request) }),
  // `ID`, or `ID;CLUSTER` where there are several; `--parsable` keeps the sentence away
  submitted: (stdout) => /^(\d+)(?:;\S+)?\r?$/m.exec(stdout)?.[1] ?? null,
  status: SLURM_STATUS,
  parseStatus: slurmQueue,
  history: SLURM_HISTORY,
  parseHistory: slurmHistory,
  cancel: (jobs) => ['scancel', ...jobs],
  probes: SLURM_PROBES,
  parseFacts: slurmFacts,
};

/**
 * https://slurm.schedmd.com/sbatch.html. What Kiln relies on is on the command line, which overrules directives.
 * No `--export`: with NONE, `srun` within the task would start MPI programs without the task's environment, and Slurm would run the
 * login shell's start files on the node and give the job up if they take too long. Tasks read theirs from files; the login's does no harm.
 */
function sbatch({ name, script, directory, output, count, atOnce }: ArrayRequest): readonly string[] {
  const array = count > 1 ? [`--array=1-${count}${atOnce ? `%${atOnce}` : ''}`] : [];
  const file = `${output.replaceAll('%', '%%')}/${name}-${count > 1 ? '%A_%a' : '%j'}`;
  return [
    'sbatch',
    '--parsable',
    '--no-requeue', // a task that ran must not begin again behind Kiln's back
    `--job-name=${name}`,
    ...array,
    `--chdir=${directory}`,
    `--output=${file}.out`,
    `--error=${file}.err`,
    script,
  ];
}

function options({ nodes, cores, memory, gpus, walltime, queue, account, project, qos }: Resources): readonly string[] {
  // Many sites use the word project for what Slurm calls account; with both, the project is the wckey, which only labels
  const payer = account ?? project;
  const options = [
    nodes && `--nodes=${nodes}`,
    // An MPI program starts a process on each core of its machines; a program on one machine has its cores for its threads
    cores && ((nodes ?? 1) > 1 ? `--ntasks-per-node=${cores}` : `--cpus-per-task=${cores}`),
    memory && `--mem=${memory}M`,
    gpus && `--gres=gpu:${gpus}`, // --gpus-per-node is of 19.05 and needs select/cons_tres
    walltime && `--time=${daysAndClock(walltime)}`,
    queue && `--partition=${word(queue, 'queue')}`,
    payer && `--account=${word(payer, account ? 'account' : 'project')}`,
    account && project && `--wckey=${word(project, 'project')}`,
    qos && `--qos=${word(qos, 'QOS')}`,
  ];
  return options.filter((option) => typeof option === 'string');
}
