import type { CloudProviderName, Enrolment, PlatformKind } from '@kiln/domain';

export interface Choice<V extends string> {
  readonly value: V;
  readonly title: string;
  readonly help: string;
}

export const KINDS: readonly Choice<PlatformKind>[] = [
  { value: 'unix', title: 'A machine', help: 'With Linux; tasks run on it at once.' },
  { value: 'slurm', title: 'A Slurm cluster', help: 'You submit with sbatch there.' },
  { value: 'pbs', title: 'A PBS cluster', help: 'PBS Pro, OpenPBS or Torque: you submit with qsub there.' },
  { value: 'sge', title: 'A Grid Engine cluster', help: 'You submit with qsub, and qconf exists there.' },
  { value: 's3', title: 'A bucket', help: 'It keeps results, of Amazon S3 or any service that speaks like it.' },
  { value: 'http', title: 'A web server', help: 'Jobs take input from there; it is only read.' },
  { value: 'mytardis', title: 'A MyTardis', help: 'Results are published there, for those whom you share them with.' },
  { value: 'cloud', title: 'A cloud', help: 'It makes machines for each job, which are given back when the job ends.' },
];

export const PROVIDERS: readonly Choice<CloudProviderName>[] = [
  { value: 'openstack', title: 'OpenStack', help: 'Of a university, a research cloud or a company.' },
  { value: 'ec2', title: 'Amazon EC2', help: 'Or a cloud that speaks like it.' },
];

export type Login = Enrolment['kind'];

/** How an OpenStack is opened. */
const OPENSTACK_LOGINS: readonly Choice<Login>[] = [
  {
    value: 'application-credential',
    title: 'With an application credential',
    help: 'The dashboard of the cloud makes one, for one project.',
  },
  { value: 'cloud-password', title: 'With a user and a password', help: 'Stored sealed; only the worker can open it.' },
];

/** How a MyTardis is opened. */
const CURATOR_LOGINS: readonly Choice<Login>[] = [
  { value: 'curator-password', title: 'With my password', help: 'Stored sealed; only the worker can open it.' },
  { value: 'api-key', title: 'With an API key', help: 'Your page in MyTardis shows it.' },
];

/** How a web server is read. */
const WEB_LOGINS: readonly Choice<Login>[] = [
  { value: 'open', title: 'Without a login', help: 'It gives its files to everybody.' },
  { value: 'login', title: 'With a user and a password', help: 'Stored sealed; only the worker can open it.' },
  { value: 'token', title: 'With a bearer token', help: 'Stored sealed; only the worker can open it.' },
];

/** What is opened: a cloud as whose it is. */
export function openedAs({ kind, provider }: { readonly kind: string; readonly provider: string }): string {
  return kind === 'cloud' ? provider : kind;
}

/** The ways that a platform can be opened, by what is `openedAs`; none is to choose of a bucket and of EC2. */
export function loginsOf(kind: string): readonly Choice<Login>[] {
  if (kind === 's3' || kind === 'ec2') return [];
  if (kind === 'openstack') return OPENSTACK_LOGINS;
  if (kind === 'http') return WEB_LOGINS;
  return kind === 'mytardis' ? CURATOR_LOGINS : LOGINS;
}

/** The way that it is opened unless somebody chooses another. */
export function usualLogin(kind: string): Login {
  if (kind === 's3') return 'access-key';
  if (kind === 'ec2') return 'cloud-access-key';
  if (kind === 'openstack') return 'application-credential';
  if (kind === 'http') return 'open';
  return kind === 'mytardis' ? 'curator-password' : 'password';
}

const LOGINS: readonly Choice<Login>[] = [
  { value: 'password', title: 'With my password, once', help: 'Kiln installs a key of its own and forgets the password.' },
  { value: 'key', title: 'With a private key', help: 'You paste one that is let in already.' },
  { value: 'show', title: 'I install the key myself', help: 'Kiln makes a key and shows you its public half.' },
];
