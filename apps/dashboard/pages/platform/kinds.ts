import type { Enrolment, PlatformKind } from '@kiln/domain';

export interface Choice<V extends string> {
  readonly value: V;
  readonly title: string;
  readonly help: string;
}

export type RegisteredKind = Exclude<PlatformKind, 'cloud'>;

export const KINDS: readonly Choice<RegisteredKind>[] = [
  { value: 'unix', title: 'A machine', help: 'With Linux; tasks run on it at once.' },
  { value: 'slurm', title: 'A Slurm cluster', help: 'You submit with sbatch there.' },
  { value: 'pbs', title: 'A PBS cluster', help: 'PBS Pro, OpenPBS or Torque: you submit with qsub there.' },
  { value: 'sge', title: 'A Grid Engine cluster', help: 'You submit with qsub, and qconf exists there.' },
  { value: 's3', title: 'A bucket', help: 'It keeps results, of Amazon S3 or any service that speaks like it.' },
];

export type Login = Enrolment['kind'];

export const LOGINS: readonly Choice<Login>[] = [
  { value: 'password', title: 'With my password, once', help: 'Kiln installs a key of its own and forgets the password.' },
  { value: 'key', title: 'With a private key', help: 'You paste one that is let in already.' },
  { value: 'show', title: 'I install the key myself', help: 'Kiln makes a key and shows you its public half.' },
];
