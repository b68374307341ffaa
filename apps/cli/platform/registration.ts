import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { NewPlatform, PlatformChange } from '@kiln/client/kiln';
import { RESOURCE_PARAMETERS, resourcesOf } from '@kiln/domain';
import { CommandError } from '../exit.ts';
import { splitPair } from '../sweep-text.ts';
import { parseJumps } from './jumps.ts';

/** What the options of `add` and `update` say of a platform. */
export interface PlatformOptions {
  readonly kind?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly jump?: string;
  readonly bucket?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly prefix?: string;
  readonly pathStyle?: string;
  readonly base?: string;
  readonly address?: string;
  readonly largestFile?: number;
  readonly provider?: string;
  readonly cloudsYaml?: string;
  readonly cloud?: string;
  readonly image?: string;
  readonly size?: string;
  readonly network?: string;
  readonly floatingNetwork?: string;
  readonly zone?: string;
  readonly sourceRange?: string;
  readonly bootTimeout?: number;
  readonly pricePerHour?: number;
  readonly maxMachines?: number;
  readonly userData?: string;
  readonly key?: string;
  readonly showKey?: boolean;
  readonly description?: string;
  readonly slots?: number;
  readonly root?: string;
  readonly home?: string;
  readonly module?: readonly string[];
  readonly setup?: string;
  readonly resource?: readonly string[];
  readonly tasks?: number;
  readonly submissionsPerMinute?: number;
  readonly commandsPerSecond?: number;
  readonly connections?: number;
  readonly sessions?: number;
  readonly lostAfter?: number;
}

/** Without the enrolment. What no option names is missing. */
export async function changeOf(options: PlatformOptions): Promise<PlatformChange> {
  const { description, slots, host, port, user, jump, base: url, root, home, module: modules, setup, resource } = options;
  const { tasks, submissionsPerMinute, commandsPerSecond, connections, sessions, lostAfter } = options;
  const limits = given({ tasks, submissionsPerMinute, commandsPerSecond, connections, sessions, lostAfter });
  const settings = given({
    ...{ root, home, modules: modules && [...modules], limits },
    setup: setup === undefined ? undefined : await textOf(setup, '--setup'),
    resources: resource && resources(resource),
  });
  const curator = curatorOf(options);
  const { userData } = options;
  const cloud = cloudOf(options, userData === undefined ? undefined : await textOf(userData, '--user-data'));
  const login = { host, port, user: curator || cloud ? undefined : user }; // of a MyTardis, the user is whoever publishes
  const connection = given({ ...login, jumps: jump === undefined ? undefined : parseJumps(jump, user) });
  return { ...given({ description, slots, connection, bucket: bucketOf(options), url, curator, cloud, settings }) };
}

function bucketOf({ kind, bucket: name, endpoint, region, prefix, pathStyle: style }: PlatformOptions) {
  const where = kind === 'cloud' ? {} : { endpoint, region };
  return given({ name, ...where, prefix, pathStyle: style === undefined ? undefined : style === 'yes' });
}

/** What its file says is not among it. The user is who logs in on its machines, whom others have, too. */
function cloudOf(options: PlatformOptions, userData: string | undefined) {
  const { kind, provider, endpoint, region, image, size, network, floatingNetwork, zone, sourceRange, user } = options;
  const { bootTimeout, pricePerHour, maxMachines } = options;
  const where = kind === 'cloud' ? { endpoint, region } : {};
  const named = given({
    provider,
    image,
    size,
    network,
    floatingNetwork,
    zone,
    sourceRange,
    bootTimeout,
    pricePerHour,
    maxMachines,
    userData,
  });
  return named || kind === 'cloud' ? given({ ...named, ...where, user }) : undefined;
}

/** Only if something of it is named beside the user, whom machines have, too. */
function curatorOf({ kind, address: url, largestFile, user }: PlatformOptions) {
  const named = given({ url, largestFile });
  return named || kind === 'mytardis' ? given({ ...named, user }) : undefined;
}

/** A private key, or a wish to see the public half of a fresh one; undefined if neither was asked for. */
export async function keyOf({ key, showKey }: PlatformOptions, passphrase?: string): Promise<NewPlatform['enrolment'] | undefined> {
  if (key !== undefined) return { privateKey: await textOf(key, '--key'), passphrase: passphrase ?? null };
  return showKey ? { showKey: true } : undefined;
}

/** The defined ones; undefined if there are none. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } | undefined {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined);
  return defined.length === 0 ? undefined : (Object.fromEntries(defined) as { [K in keyof T]?: Exclude<T[K], undefined> }); // just filtered
}

/** `walltime=4h`, as in a submission. */
function resources(pairs: readonly string[]): Record<string, unknown> {
  const asked: Record<string, string> = {};
  for (const [name, value] of pairs.map((pair) => splitPair(pair, 'A resource', 'walltime=4h'))) {
    const known = RESOURCE_PARAMETERS.filter((one) => one !== 'tasks_per_element');
    if (!known.some((one) => one === name)) throw new CommandError(`There is no resource ${name}: give one of ${known.join(', ')}.`);
    asked[name] = name === 'directives' && asked[name] !== undefined ? `${asked[name]}\n${value}` : value;
    if (Object.keys(resourcesOf({ [name]: value }, {})).length === 0) throw new CommandError(`${name} cannot be ${JSON.stringify(value)}.`);
  }
  return { ...resourcesOf(asked, {}) };
}

async function textOf(file: string, option: string): Promise<string> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new CommandError(`The file of ${option} cannot be read: ${error.message}.`);
  });
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new CommandError(`The file of ${option} is no text in UTF-8: Kiln keeps it as text, so give it uncompressed and in UTF-8.`);
}
