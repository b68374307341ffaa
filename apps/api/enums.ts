import {
  type TransferDirection as Direction,
  type IterationEnding as Ending,
  EVENT_KINDS,
  FILE_KINDS,
  JOB_STATUSES,
  STAGES,
  TASK_STATES,
} from '@kiln/domain';
import { registerEnumType } from 'type-graphql';

/** The domain's unions as GraphQL enums: the same words on both sides. */
const named = <T extends string>(values: readonly T[]) =>
  Object.fromEntries(values.map((value) => [value, value])) as Readonly<Record<T, T>>; // every value was just made a key

export const StageName = named(STAGES);
registerEnumType(StageName, {
  name: 'StageName',
  description: 'The nine stages of a job, in the order in which a job first meets them.',
  valuesConfig: {
    configure: { description: 'The output directory is made and proven writable.' },
    create: { description: 'The platform is asked for machines.' },
    bootstrap: { description: 'The payload is brought to every node and its `bootstrap.sh` run.' },
    schedule: { description: 'The tasks of the iteration are planned and given to nodes.' },
    execute: { description: 'The tasks are launched.' },
    wait: { description: 'The tasks run; their outputs are collected as they end.' },
    transform: { description: 'The outputs of the iteration are worked into the input of the next or the final output.' },
    converge: { description: 'It is decided whether there is another iteration.' },
    destroy: { description: 'Everything that the job rented or started is given back.' },
  },
});

export const TransferDirection = named(['in', 'home'] as const satisfies readonly Direction[]);
registerEnumType(TransferDirection, {
  name: 'TransferDirection',
  description: 'Which way files go.',
  valuesConfig: {
    in: { description: 'From the input location to the job, or from there to its nodes.' },
    home: { description: 'From a node to the output location.' },
  },
});

export const JobStatus = named(JOB_STATUSES);
registerEnumType(JobStatus, {
  name: 'JobStatus',
  description: 'How a job fares. The last three are final: nothing that the job rented or started is left.',
  valuesConfig: {
    waiting: { description: 'It waits for its turn among the jobs of its sweep.' },
    active: { description: 'It moves through its stages.' },
    blocked: { description: 'It waits for trouble to pass and tries again by itself.' },
    succeeded: { description: 'It converged.' },
    failed: { description: 'It ended before it converged; `ending` says why.' },
    cancelled: { description: 'It was cancelled.' },
  },
});

export const TaskState = named(TASK_STATES);
registerEnumType(TaskState, {
  name: 'TaskState',
  description: 'How far a task is. The last three are final.',
  valuesConfig: {
    waiting: { description: 'It waits for its turn; with `notBefore`, to be tried again.' },
    scheduled: { description: 'It has its directory on the node.' },
    running: { description: 'It has begun.' },
    succeeded: { description: 'It ended with exit code 0.' },
    failed: { description: 'It ended otherwise; `failure` says how.' },
    cancelled: { description: 'It was ended with its job.' },
  },
});

export const EventKind = named(EVENT_KINDS);
registerEnumType(EventKind, {
  name: 'EventKind',
  description: 'What an event tells of.',
  valuesConfig: {
    job: { description: 'A job moved to another stage or status.' },
    task: { description: 'A task moved to another state.' },
    node: { description: 'A node moved to another state.' },
    note: { description: 'A sentence for the history of a job.' },
    connector: { description: 'A connector was added, changed, broken, repaired or (de)activated.' },
    platform: { description: 'A platform was registered, checked, changed or removed.' },
  },
});

export const IterationEnding = { CONVERGED: 'converged', MAXIMUM: 'maximum', STOPPED: 'stopped' } as const satisfies Record<string, Ending>;
registerEnumType(IterationEnding, {
  name: 'IterationEnding',
  description: 'Why an iteration was the last one.',
  valuesConfig: {
    CONVERGED: { description: 'The connector said that the job converged.' },
    MAXIMUM: { description: 'The job had as many iterations as it may have.' },
    STOPPED: { description: 'Somebody asked that it be the last one.' },
  },
});

export const JobSort = { NEWEST: 'NEWEST', OLDEST: 'OLDEST' } as const;
export type JobSort = keyof typeof JobSort;
registerEnumType(JobSort, {
  name: 'JobSort',
  description: 'The order of a list of jobs.',
  valuesConfig: { NEWEST: { description: 'The newest first.' }, OLDEST: { description: 'The oldest first.' } },
});

export const RetryScope = { ALL: 'ALL', FAILED: 'FAILED' } as const;
export type RetryScope = keyof typeof RetryScope;
registerEnumType(RetryScope, {
  name: 'RetryScope',
  description: 'What a retry runs again.',
  valuesConfig: {
    ALL: { description: 'Everything, as a new job.' },
    FAILED: { description: 'The tasks that did not succeed, in the same job.' },
  },
});

export const NumberOf = { MEAN: 'MEAN', MINIMUM: 'MINIMUM', MAXIMUM: 'MAXIMUM' } as const;
export type NumberOf = keyof typeof NumberOf;
registerEnumType(NumberOf, {
  name: 'NumberOf',
  description: 'How what the tasks of a job came to is one number.',
  valuesConfig: {
    MEAN: { description: 'Their mean.' },
    MINIMUM: { description: 'The smallest.' },
    MAXIMUM: { description: 'The largest.' },
  },
});

export const LogStream = { STDOUT: 'stdout', STDERR: 'stderr' } as const;
registerEnumType(LogStream, {
  name: 'LogStream',
  description: 'Which of the two logs of a task.',
  valuesConfig: { STDOUT: { description: 'What it printed.' }, STDERR: { description: 'What it complained about.' } },
});

export const OutputKind = named(['number', ...FILE_KINDS]);
registerEnumType(OutputKind, {
  name: 'OutputKind',
  description: 'What a declared output is.',
  valuesConfig: {
    number: { description: 'A number that Kiln reads from a file.' },
    table: { description: 'Files that hold tables.' },
    plot: { description: 'Files that hold tables, which are drawn as lines.' },
    image: { description: 'Pictures.' },
    text: { description: 'Texts.' },
    file: { description: 'Files that are only to be fetched.' },
  },
});

export const EntryKind = { FILE: 'file', DIRECTORY: 'directory' } as const;
registerEnumType(EntryKind, {
  name: 'EntryKind',
  description: 'What an entry of a directory is.',
  valuesConfig: { FILE: { description: 'A file.' }, DIRECTORY: { description: 'A directory.' } },
});
