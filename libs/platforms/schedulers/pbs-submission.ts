import type { Resources } from '@kiln/domain';
import { directives, unknownHere, word } from './directives.ts';
import { clock } from './duration.ts';
import type { PbsDialect } from './pbs-dialect.ts';
import type { ArrayRequest } from './scheduler.ts';

/**
 * PBS Professional User's Guide (https://help.altair.com/2022.1.0/PBS%20Professional/PBSUserGuide2022.1.pdf), "Submitting a PBS Job" and "Job Arrays";
 * Torque: https://docs.adaptivecomputing.com/torque/6-1-2/adminGuide/Content/topics/torque/commands/qsub.htm.
 * What Kiln relies on is on the command line, which overrules directives.
 */
export function pbsSubmission(dialect: PbsDialect, request: ArrayRequest) {
  const asked = dialect === 'pro' ? professional(request.resources) : torque(request.resources);
  const options = ['-m n', ...asked]; // by itself PBS sends a mail for each job that it aborts
  return { directives: directives('#PBS', options, request.resources), argv: qsub(dialect, request) };
}

function qsub(dialect: PbsDialect, { name, script, directory, output, count, atOnce }: ArrayRequest): readonly string[] {
  const range = `1-${count}${atOnce ? `%${atOnce}` : ''}`; // in PBS Professional since 2020.1, where it sets max_run_subjobs
  const array = count > 1 ? [dialect === 'pro' ? '-J' : '-t', range] : [];
  // -r n: a task that ran must not begin again behind Kiln's back; PBS Professional refuses it for arrays
  const once = dialect === 'pro' && count > 1 ? [] : ['-r', 'n'];
  // PBS Professional has no option for the directory: the script enters it by itself
  const place = dialect === 'pro' ? [] : ['-d', directory];
  return ['qsub', '-N', name, ...array, ...once, ...place, '-o', `${output}/`, '-e', `${output}/`, '-S', '/bin/sh', script];
}

function professional({ nodes, cores, memory, gpus, qos, project, ...resources }: Resources): readonly string[] {
  if (qos) return unknownHere('QOS', 'PBS Professional');
  const several = (nodes ?? 1) > 1;
  const chunk = [
    cores && `ncpus=${cores}`,
    cores && several && `mpiprocs=${cores}`, // an MPI program starts a process on each core of its machines
    memory && `mem=${memory}mb`,
    gpus && `ngpus=${gpus}`,
  ].filter((resource) => typeof resource === 'string');
  return [
    ...(nodes || chunk.length > 0 ? [`-l select=${[nodes ?? 1, ...chunk].join(':')}`] : []),
    ...(several ? ['-l place=scatter'] : []), // else several chunks may share a machine
    ...common(resources),
    ...(project ? [`-P ${word(project, 'project')}`] : []),
  ];
}

function torque({ nodes, cores, memory, gpus, qos, project, account, ...resources }: Resources): readonly string[] {
  if (project && account) return unknownHere('project besides the account', 'Torque'); // its -P means a user to act for
  const machines = nodes ?? 1;
  return [
    ...(nodes || cores || gpus ? [`-l nodes=${machines}${cores ? `:ppn=${cores}` : ''}${gpus ? `:gpus=${gpus}` : ''}`] : []),
    ...(memory ? [`-l mem=${memory * machines}mb`] : []), // of the whole job
    ...(qos ? [`-l qos=${word(qos, 'QOS')}`] : []), // read by Moab and Maui
    ...common({ ...resources, ...(account || project ? { account: account ?? project ?? '' } : {}) }),
  ];
}

function common({ walltime, queue, account }: Resources): readonly string[] {
  const options = [
    walltime && `-l walltime=${clock(walltime)}`,
    queue && `-q ${word(queue, 'queue')}`,
    account && `-A ${word(account, 'account')}`,
  ];
  return options.filter((option) => typeof option === 'string');
}
