import { isIPv6 } from 'node:net';
import { type Bucket, type CuratorAddress, type PlatformSettings, type Problem, SCHEDULER_KINDS } from '@kiln/domain';
import { z } from 'zod';

/** Sentences say what is wrong and never repeat what was given: it may be a secret in the wrong place. */
const count = (most: number, what: string) => {
  const sentence = `${what} is a whole number from 1 to ${most.toLocaleString('en')}.`;
  return z.int(sentence).min(1, sentence).max(most, sentence);
};
const text = (most: number, what: string) =>
  z
    .string()
    .max(most, `${what} has at most ${most.toLocaleString('en')} letters.`)
    .refine((value) => !value.includes('\0'), `${what} must not hold a NUL character.`);
const line = (most: number, what: string) =>
  text(most, what).refine((value) => !/\p{Cc}/u.test(value), `${what} must be one line without control characters.`);

export const platformName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/, 'A name has up to 40 letters, digits, hyphens and dots, and begins with a letter or digit.');

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?$/;
const PORT = 'A port is a whole number from 1 to 65535.';
const hop = {
  host: z
    .string('Say which machine.')
    .refine((host) => HOST_NAME.test(host) || isIPv6(host), 'A host is a name such as hpc.example.org or an IP address.'),
  port: z.int(PORT).min(1, PORT).max(65_535, PORT),
  user: z
    .string('Say who logs in.')
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@\\+$-]{0,63}$/, 'A user name has up to 64 letters, digits and any of _ . @ \\ + $ -.'),
};

export const connectionShape = z.strictObject({
  ...hop,
  jumps: z.array(z.strictObject(hop)).max(8, 'A way has at most 8 jump hosts.'),
});

const word = (what: string) =>
  line(200, what)
    .min(1, `${what} must not be blank.`)
    .regex(/^[^-\s]\S*$/, `${what} is one word, and does not begin with a hyphen.`);

const resourcesShape = z.strictObject(
  {
    nodes: count(100_000, 'nodes').exactOptional(),
    cores: count(100_000, 'cores').exactOptional(),
    memory: count(1_000_000_000, 'memory, in mebibytes,').exactOptional(),
    gpus: count(1000, 'gpus').exactOptional(),
    walltime: count(100_000_000, 'walltime, in seconds,').exactOptional(),
    queue: word('queue').exactOptional(),
    account: word('account').exactOptional(),
    project: word('project').exactOptional(),
    qos: word('qos').exactOptional(),
    directives: z
      .array(line(500, 'A directive').regex(/^-/, 'A directive begins with a hyphen, as in --constraint=ib.'))
      .max(50, 'There are at most 50 directives.')
      .exactOptional(),
  },
  'Resources are nodes, cores, memory, gpus, walltime, queue, account, project, qos and directives.',
);

const path = (what: string) => line(1000, what).regex(/^($|\/|~$|~\/)/, `${what} begins with / or ~/, or is blank.`);

const LOST_AFTER = 'The time after which a machine is lost is a whole number of seconds from 60 to 31,536,000, which is a year.';

export const settingsShape: z.ZodType<PlatformSettings> = z.strictObject({
  root: path('The root path'),
  home: path('The home path'),
  modules: z.array(word('A module')).max(50, 'There are at most 50 modules.'),
  setup: text(20_000, 'The setup'),
  resources: resourcesShape,
  limits: z.strictObject({
    tasks: count(1_000_000, 'The limit of tasks').nullable(),
    submissionsPerMinute: count(6000, 'The limit of submissions per minute'),
    commandsPerSecond: count(1000, 'The limit of commands per second'),
    connections: count(16, 'The limit of connections'),
    sessions: count(100, 'The limit of sessions'),
    lostAfter: z.int(LOST_AFTER).min(60, LOST_AFTER).max(31_536_000, LOST_AFTER),
  }),
});

const ENDPOINT = 'An endpoint is an address such as https://s3.example.org, without a path, or blank for Amazon.';
export const bucketShape: z.ZodType<Bucket> = z.strictObject({
  endpoint: line(300, 'The endpoint').regex(/^($|https?:\/\/[^/?#@\s]+$)/, ENDPOINT),
  region: line(60, 'The region').regex(/^[A-Za-z0-9-]*$/, 'A region has letters, digits and hyphens, as in eu-central-1, or is blank.'),
  name: z
    .string('Say which bucket.')
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/, 'A bucket has a name of letters, digits, dots, hyphens and underscores.'),
  prefix: line(500, 'The prefix').refine(
    (value) => value === '' || value.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'A prefix is names with slashes between them, as in groups/ours, or blank.',
  ),
  pathStyle: z.boolean('Path style is true or false.'),
});

const ADDRESS =
  'The address of a MyTardis begins with https://, as in https://mytardis.example.org; only one on this machine may do without encryption.';
export const curatorShape: z.ZodType<CuratorAddress> = z.strictObject({
  url: line(300, 'The address')
    .transform((url) => url.trim().replace(/\/+$/, ''))
    .refine((url) => /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|$|\/))[^?#@\s]+$/.test(`${url}/`), ADDRESS),
  user: line(150, 'The user').regex(/^[^\s:]+$/, 'Say who publishes: a user name of MyTardis, without a colon.'),
  largestFile: count(10_000_000, 'The largest file, in mebibytes,'),
});

const WEB_ADDRESS =
  'The address of a web server begins with https:// or http://, as in https://data.example.org/sets, and has neither a user nor a query.';
export const urlShape = line(1000, 'The address')
  .transform((url) => url.trim().replace(/\/+$/, ''))
  .refine((url) => /^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/.test(url) && URL.canParse(url), WEB_ADDRESS);

const REGISTRABLE = ['unix', ...SCHEDULER_KINDS, 's3', 'http', 'mytardis', 'cloud'] as const;
export const aboutShape = z.strictObject({
  description: line(500, 'The description'),
  slots: count(100_000, 'slots').nullable(),
});
export const identityShape = z.strictObject({
  name: platformName,
  kind: z.enum(REGISTRABLE, `A platform that is registered is of the kind ${REGISTRABLE.join(', ')}.`),
});

/** The value as the shape gives it, or everything that is wrong with it, below `at`. */
export function read<T>(shape: z.ZodType<T>, value: unknown, at: readonly string[], problems: Problem[]): T | undefined {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  for (const { path: inner, message } of result.error.issues) {
    problems.push({ path: [...at, ...inner.map(String)], code: 'BAD_INPUT', message });
  }
  return undefined;
}
