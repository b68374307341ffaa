import type { Resources } from '@kiln/domain';
import { directives, unknownHere, word } from './directives.ts';
import { clock } from './duration.ts';
import type { ArrayRequest, Scheduler } from './scheduler.ts';
import { SGE_PROBES, sgeFacts } from './sge-facts.ts';
import { SGE_HISTORY, sgeHistory } from './sge-history.ts';
import { SGE_STATUS, sgeQueue } from './sge-queue.ts';

export const sge: Scheduler = {
  kind: 'sge',
  submit: (request) => ({ directives: directives('#$', options(request.resources), request.resources), argv: qsub(request) }),
  // `5`, or `3.1-100:1` for an array; warnings come on lines of their own
  submitted: (stdout) => /^(\d+)(?:\.\d+-\d+:\d+)?\r?$/m.exec(stdout)?.[1] ?? null,
  status: SGE_STATUS,
  parseStatus: sgeQueue,
  history: SGE_HISTORY,
  parseHistory: sgeHistory,
  cancel: (jobs) => ['qdel', ...jobs],
  probes: SGE_PROBES,
  parseFacts: sgeFacts,
};

/** submit(1). What Kiln relies on is on the command line, which overrules directives. */
function qsub({ name, script, directory, output, count, atOnce }: ArrayRequest): readonly string[] {
  const array = count > 1 ? ['-t', `1-${count}`, ...(atOnce ? ['-tc', String(atOnce)] : [])] : [];
  // Before a colon -o and -e expect a host, and a `$` begins one of their own variables
  const files = ['-o', `:${output}`, '-e', `:${output}`];
  // -r n: a task that ran must not begin again behind Kiln's back
  return ['qsub', '-terse', '-N', name, ...array, '-wd', directory, ...files, '-S', '/bin/sh', '-r', 'n', '-b', 'n', script];
}

function options({ nodes = 1, cores, memory, gpus, walltime, queue, account, project, qos }: Resources): readonly string[] {
  if (qos) return unknownHere('QOS', 'Grid Engine');
  // Limits are for each slot, and a slot is a core
  const each = (amount: number) => Math.ceil(amount / (cores ?? 1));
  const slots = nodes * (cores ?? 1);
  // Sites name their parallel environments as they like; these are the commonest names. Of several -pe the last one counts: -pe orte 16
  const environment = nodes > 1 ? 'mpi' : 'smp';
  const options = [
    slots > 1 && `-pe ${environment} ${slots}`,
    memory && `-l h_vmem=${each(memory)}M`,
    gpus && `-l gpu=${each(gpus)}`,
    walltime && `-l h_rt=${clock(walltime)}`,
    queue && `-q ${word(queue, 'queue')}`,
    project && `-P ${word(project, 'project')}`,
    account && `-A ${word(account, 'account')}`,
  ];
  return options.filter((option) => typeof option === 'string');
}
