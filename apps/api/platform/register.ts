import { randomBytes } from 'node:crypto';
import { isAnotherServer, type NewPlatform, type PlatformChange, registerPlatform, updatePlatform } from '@kiln/db/change-platform';
import { findPlatform, type PlatformRow } from '@kiln/db/platforms';
import {
  type Bucket,
  type CloudPlace,
  type Connection,
  DEFAULT_SETTINGS,
  type Enrolment,
  isExposed,
  KnownError,
  type PlatformSettings,
  type Problem,
} from '@kiln/domain';
import type { Context } from '../context.ts';
import { cloudShape, NEW_CLOUD } from './cloud-shape.ts';
import { readEnrolment, sealed } from './enrolment.ts';
import type {
  BucketInput,
  CloudInput,
  ConnectionInput,
  PlatformSettingsInput,
  RegisterPlatformInput,
  UpdatePlatformInput,
} from './platform.input.ts';
import type { PlatformResult } from './platform.type.ts';
import { aboutShape, bucketShape, connectionShape, curatorShape, identityShape, read, settingsShape, urlShape } from './platform-shape.ts';

/** Registers a platform of the caller, or says everything that is wrong with what was given. */
export async function register({ db, caller }: Context, input: RegisterPlatformInput): Promise<PlatformResult> {
  const problems: Problem[] = [];
  const identity = read(identityShape, { name: input.name, kind: input.kind }, [], problems);
  const about = read(aboutShape, { description: input.description ?? '', slots: input.slots ?? null }, [], problems);
  const place = readPlace(input, problems);
  const settings = read(settingsShape, mergedSettings(defaultsOf(input.kind), input.settings), ['settings'], problems);
  const enrolment = readEnrolment(input.enrolment ?? {}, problems, input.kind);
  needSecrecy(place?.url, enrolment, problems);
  needCloudKey(place?.cloud, enrolment, problems);
  if (!identity || !about || !place || !settings || !enrolment || problems.length > 0) return { platform: null, problems };
  if (await findPlatform(db, identity.name)) return nameTaken(identity.name);
  const sealedEnrolment = await sealed(db, enrolment);
  try {
    await registerPlatform(db, { ...identity, ...about, ownerId: caller.user.id, ...place, settings, sealedEnrolment });
  } catch (error) {
    if (error instanceof KnownError && error.code === 'CONFLICT') return nameTaken(identity.name); // by somebody, a moment ago
    throw error;
  }
  return { platform: await findPlatform(db, identity.name), problems: [] };
}

type Place = Pick<NewPlatform, 'connection' | 'bucket' | 'url' | 'curator' | 'cloud' | 'maxNodes'>;

const NOWHERE: Place = { connection: null, bucket: null, url: null, curator: null, cloud: null, maxNodes: 1 };

/** A login, a bucket, a web server, or a MyTardis. */
function readPlace({ kind, connection, bucket, url, curator, cloud }: RegisterPlatformInput, problems: Problem[]): Place | undefined {
  if (kind === 'cloud') return connection || bucket || curator || url ? noOther(problems) : readCloud(cloud, problems);
  if (cloud) problems.push({ path: ['cloud'], code: 'BAD_INPUT', message: 'Only platforms of the kind cloud are clouds.' });
  if (url && kind !== 'http') problems.push({ path: ['url'], code: 'BAD_INPUT', message: 'Only platforms of the kind http have a url.' });
  if (kind === 'mytardis') {
    if (connection || bucket) problems.push({ path: [], code: 'BAD_INPUT', message: 'A MyTardis has neither a connection nor a bucket.' });
    const known = read(curatorShape, { largestFile: LARGEST_FILE, ...present(curator) }, ['curator'], problems);
    return known && { ...NOWHERE, curator: known };
  }
  if (curator) problems.push({ path: ['curator'], code: 'BAD_INPUT', message: 'Only platforms of the kind mytardis are curators.' });
  if (kind === 'http') {
    if (connection || bucket)
      problems.push({ path: [], code: 'BAD_INPUT', message: 'A web server has neither a connection nor a bucket.' });
    const known = read(urlShape, url ?? '', ['url'], problems);
    return known === undefined ? undefined : { ...NOWHERE, url: known };
  }
  if (kind === 's3') {
    if (connection) problems.push({ path: ['connection'], code: 'BAD_INPUT', message: 'Nobody logs in to a bucket: leave this out.' });
    const known = read(bucketShape, mergedBucket(null, bucket), ['bucket'], problems);
    return known && { ...NOWHERE, bucket: known };
  }
  if (bucket) problems.push({ path: ['bucket'], code: 'BAD_INPUT', message: 'Only platforms of the kind s3 are buckets.' });
  const login = read(connectionShape, merged({ port: 22, jumps: [] }, connection), ['connection'], problems);
  return login && { ...NOWHERE, connection: login };
}

function noOther(problems: Problem[]): undefined {
  problems.push({ path: [], code: 'BAD_INPUT', message: 'A cloud has neither a connection, a bucket, a url nor a curator.' });
}

function readCloud(given: CloudInput | null | undefined, problems: Problem[]): Place | undefined {
  const tag = randomBytes(4).toString('hex');
  const known = read(cloudShape, { ...NEW_CLOUD, ...present(given), tag }, ['cloud'], problems);
  if (!known) return undefined;
  const { maxMachines: maxNodes, ...cloud } = known;
  return { ...NOWHERE, cloud, maxNodes };
}

/** Its address stays: on another cloud, what Kiln made here would be left; and so would addresses of which nobody expects to find any. */
function changedCloud(platform: PlatformRow, given: CloudInput, problems: Problem[]): Pick<PlatformChange, 'cloud' | 'maxNodes'> {
  const unsaid = given.pricePerHour === null ? { pricePerHour: null } : {};
  const known = read(cloudShape, { ...platform.cloud, maxMachines: platform.maxNodes, ...present(given), ...unsaid }, ['cloud'], problems);
  if (!known) return {};
  const { maxMachines: maxNodes, ...cloud } = known;
  for (const name of ['provider', 'endpoint', 'region'] as const)
    if (cloud[name] !== platform.cloud?.[name])
      problems.push({ path: ['cloud', name], code: 'BAD_INPUT', message: 'Another cloud or region is another platform: register it.' });
  if (platform.cloud?.floatingNetwork && cloud.floatingNetwork === '')
    problems.push({ path: ['cloud', 'floatingNetwork'], code: 'BAD_INPUT', message: NO_MORE_ADDRESSES });
  return { cloud, maxNodes };
}

const NO_MORE_ADDRESSES =
  'Floating addresses that its machines still have would be left in the cloud: for machines without, register another platform.';

/** As far as it can be told here: whether a sealed one goes there, the worker knows. */
function needSecrecy(url: string | null | undefined, enrolment: Enrolment | undefined, problems: Problem[]): void {
  if (!url || !isExposed(url) || !enrolment || enrolment.kind === 'open') return;
  const message = 'A password or a token is not sent to a server that is not encrypted: give an address that begins with https://.';
  problems.push({ path: ['url'], code: 'BAD_INPUT', message });
}

/** Each cloud has its own kind of key. */
export function needCloudKey(cloud: CloudPlace | null | undefined, enrolment: Enrolment | undefined, problems: Problem[]): void {
  if (!cloud || !enrolment || (cloud.provider === 'ec2') === (enrolment.kind === 'cloud-access-key')) return;
  const message =
    cloud.provider === 'ec2' ? 'EC2 is opened with an access key.' : 'An OpenStack is opened with an application credential or a login.';
  problems.push({ path: ['enrolment'], code: 'BAD_INPUT', message });
}

/** Mebibytes, unless somebody says otherwise. */
const LARGEST_FILE = 2048;

/** A machine that costs money is not waited for as long as one that is there anyway. */
function defaultsOf(kind: string): PlatformSettings {
  return kind === 'cloud' ? { ...DEFAULT_SETTINGS, limits: { ...DEFAULT_SETTINGS.limits, lostAfter: 600 } } : DEFAULT_SETTINGS;
}

function nameTaken(name: string): PlatformResult {
  const message = `There is a platform '${name}' already; choose another name.`;
  return { platform: null, problems: [{ path: ['name'], code: 'CONFLICT', message }] };
}

/** Changes what was given, or says everything that is wrong with it. */
export async function update({ db }: Context, platform: PlatformRow, input: UpdatePlatformInput): Promise<PlatformResult> {
  const problems: Problem[] = [];
  const { description = null, slots } = input;
  const about = read(aboutShape, { description: description ?? platform.description, slots: slots ?? null }, [], problems);
  const elsewhere = movedTo(platform, input, problems);
  const settings = read(settingsShape, mergedSettings(platform.settings, input.settings), ['settings'], problems);
  // The login of one web server is not told to another: most of them want none, and the check tells of one that does.
  const enrolmentInput = input.enrolment ?? (isAnotherServer(elsewhere.url, platform.url) ? {} : null);
  const enrolment = enrolmentInput ? readEnrolment(enrolmentInput, problems, platform.kind) : undefined;
  needSecrecy(elsewhere.url ?? platform.url, enrolment, problems);
  needCloudKey(platform.cloud, enrolment, problems);
  if (problems.length > 0 || !about) return { platform: null, problems };
  const change = {
    description: about.description,
    ...(slots !== undefined && { slots: about.slots }),
    ...elsewhere,
    ...(settings && input.settings && { settings }),
    ...(enrolment && { sealedEnrolment: await sealed(db, enrolment) }),
  };
  try {
    await updatePlatform(db, platform.name, change);
  } catch (error) {
    if (!(error instanceof KnownError && error.code === 'CONFLICT')) throw error;
    const path = [(['curator', 'bucket', 'url', 'cloud'] as const).find((name) => platform[name]) ?? 'connection'];
    return { platform: null, problems: [{ path, code: error.code, message: error.message }] };
  }
  return { platform: await findPlatform(db, platform.name), problems: [] };
}

/** Where the platform is from now on, as far as something else was given. */
function movedTo(
  platform: PlatformRow,
  input: UpdatePlatformInput,
  problems: Problem[],
): Pick<PlatformChange, 'connection' | 'bucket' | 'url' | 'curator' | 'cloud' | 'maxNodes'> {
  if (input.cloud && platform.cloud) return changedCloud(platform, input.cloud, problems);
  if (input.curator && platform.curator) {
    const curator = read(curatorShape, { ...platform.curator, ...present(input.curator) }, ['curator'], problems);
    return curator ? { curator } : {};
  }
  if (input.url && platform.url) {
    const url = read(urlShape, input.url, ['url'], problems);
    return url === undefined ? {} : { url };
  }
  if (input.bucket && platform.bucket) {
    const bucket = read(bucketShape, mergedBucket(platform.bucket, input.bucket), ['bucket'], problems);
    return bucket ? { bucket } : {};
  }
  if (input.connection && platform.connection) {
    const connection = read(connectionShape, merged(platform.connection, input.connection), ['connection'], problems);
    return connection ? { connection } : {};
  }
  const [wrong] = (['bucket', 'connection', 'url', 'curator', 'cloud'] as const).filter((name) => input[name]);
  if (wrong)
    problems.push({ path: [wrong], code: 'BAD_INPUT', message: `'${platform.name}' has none: it is of the kind ${platform.kind}.` });
  return {};
}

/** The endpoints of services other than Amazon's seldom have a name for each bucket. */
function mergedBucket(known: Bucket | null, given: BucketInput | null | undefined): unknown {
  const blank = { endpoint: '', region: '', prefix: '', pathStyle: Boolean(given?.endpoint) };
  return { ...(known ?? blank), ...present(given) };
}

/** What is given, over what there is; null is as if it were not given. */
function merged(known: Partial<Connection>, given: ConnectionInput | null | undefined): unknown {
  return { ...known, ...present(given), ...(given?.jumps && { jumps: given.jumps.map((jump) => ({ ...jump })) }) };
}

function mergedSettings(known: PlatformSettings, given: PlatformSettingsInput | null | undefined): unknown {
  const { limits, ...rest } = given ?? {};
  const { tasks, ...others } = limits ?? {};
  // Of the limits, null means something for tasks alone.
  return { ...known, ...present(rest), limits: { ...known.limits, ...present(others), ...(tasks !== undefined && { tasks }) } };
}

export function present(given: object | null | undefined): object {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== null && value !== undefined));
}
