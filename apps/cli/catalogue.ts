import type { Command } from 'commander';
import type { Context } from './context.ts';

/** A command's own file: it adds arguments, options and the action to `command`. */
export type Declare = (command: Command, context: Context) => void;

export interface Entry {
  readonly summary: string;
  readonly group: string;
  readonly load: () => Promise<{ readonly default: Declare }>;
}

const START = 'Start Kiln:';
const RUN = 'Run jobs:';
const FILES = 'Look at files:';
const KEEP = 'Look after Kiln:';
const MANAGE = 'Platforms, connectors and access:';

/** Every command by name. A command's file is loaded when the command is called, not before. */
export const CATALOGUE: Readonly<Record<string, Entry>> = {
  demo: {
    group: START,
    summary: 'start Kiln, run an example in two tasks and show what comes out',
    load: () => import('./commands/demo.ts'),
  },
  up: { group: START, summary: 'start everything on this machine', load: () => import('./commands/up.ts') },
  api: { group: START, summary: 'start only the API and dashboard (production)', load: () => import('./commands/api.ts') },
  worker: { group: START, summary: 'start only a worker (production)', load: () => import('./commands/worker.ts') },
  'sign-in': {
    group: START,
    summary: 'print a fresh link that signs you in to the dashboard',
    load: () => import('./commands/sign-in.ts'),
  },
  submit: { group: RUN, summary: 'submit a job, with one task or with many', load: () => import('./commands/submit.ts') },
  sweep: {
    group: RUN,
    summary: 'submit many jobs as one, a job for each point, and follow, extend, cancel or retry them',
    load: () => import('./commands/sweep.ts'),
  },
  sweeps: { group: RUN, summary: 'list your sweeps', load: () => import('./commands/sweeps.ts') },
  jobs: { group: RUN, summary: 'list your jobs', load: () => import('./commands/jobs.ts') },
  watch: { group: RUN, summary: 'follow a job until it has ended', load: () => import('./commands/watch.ts') },
  logs: { group: RUN, summary: 'print what the tasks of a job wrote', load: () => import('./commands/logs.ts') },
  outputs: { group: RUN, summary: "list, print or download a job's outputs", load: () => import('./commands/outputs.ts') },
  export: {
    group: RUN,
    summary: 'export a job with its program and provenance, as an RO-Crate',
    load: () => import('./commands/export.ts'),
  },
  ls: { group: FILES, summary: 'list the files of a storage or of a job', load: () => import('./commands/ls.ts') },
  cat: { group: FILES, summary: 'print files of a storage or of a job', load: () => import('./commands/cat.ts') },
  cp: { group: FILES, summary: 'copy files from and to storages, and from jobs', load: () => import('./commands/cp.ts') },
  numbers: { group: RUN, summary: 'tell the numbers that the tasks of a job came to', load: () => import('./commands/numbers.ts') },
  compare: {
    group: RUN,
    summary: 'set jobs or tasks side by side: parameters, times, numbers and files',
    load: () => import('./commands/compare.ts'),
  },
  results: { group: RUN, summary: 'list the files that the outputs of a connector name', load: () => import('./commands/results.ts') },
  cancel: { group: RUN, summary: 'cancel a job', load: () => import('./commands/cancel.ts') },
  retry: { group: RUN, summary: 'run again what failed, or everything', load: () => import('./commands/retry.ts') },
  iterations: { group: RUN, summary: 'tell what the iterations of a job came to', load: () => import('./commands/iterations.ts') },
  'stop-after': { group: RUN, summary: 'make the present iteration of a job its last', load: () => import('./commands/stop-after.ts') },
  continue: { group: RUN, summary: 'let a job have further iterations', load: () => import('./commands/continue.ts') },
  branch: {
    group: RUN,
    summary: 'submit a job that goes on from an iteration of another',
    load: () => import('./commands/branch.ts'),
  },
  platform: {
    group: MANAGE,
    summary: 'register, check, list or remove the machines and clusters that jobs run on',
    load: () => import('./commands/platform.ts'),
  },
  machines: {
    group: MANAGE,
    summary: 'list what is rented in clouds, and bound what it may cost',
    load: () => import('./commands/machines.ts'),
  },
  connectors: { group: MANAGE, summary: 'list the connectors', load: () => import('./commands/connectors.ts') },
  connector: { group: MANAGE, summary: 'make, check, activate or deactivate a connector', load: () => import('./commands/connector.ts') },
  doctor: { group: KEEP, summary: 'check the installation and say what to do', load: () => import('./commands/doctor.ts') },
  backup: { group: KEEP, summary: 'write a backup of the installation to a file', load: () => import('./commands/backup.ts') },
  restore: { group: KEEP, summary: 'make a home from a backup', load: () => import('./commands/restore.ts') },
  token: { group: MANAGE, summary: 'make a personal API token', load: () => import('./commands/token.ts') },
};
