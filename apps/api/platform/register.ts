import { type NewPlatform, type PlatformChange, registerPlatform, updatePlatform } from '@kiln/db/change-platform';
import { findPlatform, type PlatformRow } from '@kiln/db/platforms';
import { type Bucket, type Connection, DEFAULT_SETTINGS, KnownError, type PlatformSettings, type Problem } from '@kiln/domain';
import type { Context } from '../context.ts';
import { readEnrolment, sealed } from './enrolment.ts';
import type { BucketInput, ConnectionInput, PlatformSettingsInput, RegisterPlatformInput, UpdatePlatformInput } from './platform.input.ts';
import type { PlatformResult } from './platform.type.ts';
import { aboutShape, bucketShape, connectionShape, curatorShape, identityShape, read, settingsShape } from './platform-shape.ts';

/** Registers a platform of the caller, or says everything that is wrong with what was given. */
export async function register({ db, caller }: Context, input: RegisterPlatformInput): Promise<PlatformResult> {
  const problems: Problem[] = [];
  const identity = read(identityShape, { name: input.name, kind: input.kind }, [], problems);
  const about = read(aboutShape, { description: input.description ?? '', slots: input.slots ?? null }, [], problems);
  const place = readPlace(input, problems);
  const settings = read(settingsShape, mergedSettings(DEFAULT_SETTINGS, input.settings), ['settings'], problems);
  const enrolment = readEnrolment(input.enrolment ?? {}, problems, input.kind);
  if (!identity || !about || !place || !settings || !enrolment) return { platform: null, problems };
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

type Place = Pick<NewPlatform, 'connection' | 'bucket' | 'curator'>;

/** A login, a bucket, or a MyTardis. */
function readPlace({ kind, connection, bucket, curator }: RegisterPlatformInput, problems: Problem[]): Place | undefined {
  if (kind === 'mytardis') {
    if (connection || bucket) problems.push({ path: [], code: 'BAD_INPUT', message: 'A MyTardis has neither a connection nor a bucket.' });
    const known = read(curatorShape, { largestFile: LARGEST_FILE, ...present(curator) }, ['curator'], problems);
    return known && { connection: null, bucket: null, curator: known };
  }
  if (curator) problems.push({ path: ['curator'], code: 'BAD_INPUT', message: 'Only platforms of the kind mytardis are curators.' });
  if (kind === 's3') {
    if (connection) problems.push({ path: ['connection'], code: 'BAD_INPUT', message: 'Nobody logs in to a bucket: leave this out.' });
    const known = read(bucketShape, mergedBucket(null, bucket), ['bucket'], problems);
    return known && { connection: null, bucket: known, curator: null };
  }
  if (bucket) problems.push({ path: ['bucket'], code: 'BAD_INPUT', message: 'Only platforms of the kind s3 are buckets.' });
  const login = read(connectionShape, merged({ port: 22, jumps: [] }, connection), ['connection'], problems);
  return login && { connection: login, bucket: null, curator: null };
}

/** Mebibytes, unless somebody says otherwise. */
const LARGEST_FILE = 2048;

function nameTaken(name: string): PlatformResult {
  const message = `There is a platform '${name}' already; choose another name.`;
  return { platform: null, problems: [{ path: ['name'], code: 'CONFLICT', message }] };
}

/** Changes what was given, or says everything that is wrong with it. */
export async function update({ db }: Context, platform: PlatformRow, input: UpdatePlatformInput): Promise<PlatformResult> {
  const problems: Problem[] = [];
  const { description = null, slots, enrolment: enrolmentInput } = input;
  const about = read(aboutShape, { description: description ?? platform.description, slots: slots ?? null }, [], problems);
  const elsewhere = movedTo(platform, input, problems);
  const settings = read(settingsShape, mergedSettings(platform.settings, input.settings), ['settings'], problems);
  const enrolment = enrolmentInput ? readEnrolment(enrolmentInput, problems, platform.kind) : undefined;
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
    const path = [platform.curator ? 'curator' : platform.bucket ? 'bucket' : 'connection'];
    return { platform: null, problems: [{ path, code: error.code, message: error.message }] };
  }
  return { platform: await findPlatform(db, platform.name), problems: [] };
}

/** Where the platform is from now on, as far as something else was given. */
function movedTo(
  platform: PlatformRow,
  input: UpdatePlatformInput,
  problems: Problem[],
): Pick<PlatformChange, 'connection' | 'bucket' | 'curator'> {
  if (input.curator && platform.curator) {
    const curator = read(curatorShape, { ...platform.curator, ...present(input.curator) }, ['curator'], problems);
    return curator ? { curator } : {};
  }
  if (input.bucket && platform.bucket) {
    const bucket = read(bucketShape, mergedBucket(platform.bucket, input.bucket), ['bucket'], problems);
    return bucket ? { bucket } : {};
  }
  if (input.connection && platform.connection) {
    const connection = read(connectionShape, merged(platform.connection, input.connection), ['connection'], problems);
    return connection ? { connection } : {};
  }
  const [wrong] = (['bucket', 'connection', 'curator'] as const).filter((name) => input[name]);
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

function present(given: object | null | undefined): object {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== null && value !== undefined));
}
