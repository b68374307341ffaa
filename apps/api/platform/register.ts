import { registerPlatform, updatePlatform } from '@kiln/db/change-platform';
import { findPlatform, type PlatformRow } from '@kiln/db/platforms';
import { type Connection, DEFAULT_SETTINGS, KnownError, type PlatformSettings, type Problem } from '@kiln/domain';
import type { Context } from '../context.ts';
import { readEnrolment, sealed } from './enrolment.ts';
import type { ConnectionInput, PlatformSettingsInput, RegisterPlatformInput, UpdatePlatformInput } from './platform.input.ts';
import type { PlatformResult } from './platform.type.ts';
import { aboutShape, connectionShape, identityShape, read, settingsShape } from './platform-shape.ts';

/** Registers a platform of the caller, or says everything that is wrong with what was given. */
export async function register({ db, caller }: Context, input: RegisterPlatformInput): Promise<PlatformResult> {
  const problems: Problem[] = [];
  const identity = read(identityShape, { name: input.name, kind: input.kind }, [], problems);
  const about = read(aboutShape, { description: input.description ?? '', slots: input.slots ?? null }, [], problems);
  const connection = read(connectionShape, merged({ port: 22, jumps: [] }, input.connection), ['connection'], problems);
  const settings = read(settingsShape, mergedSettings(DEFAULT_SETTINGS, input.settings), ['settings'], problems);
  const enrolment = readEnrolment(input.enrolment ?? {}, problems);
  if (!identity || !about || !connection || !settings || !enrolment) return { platform: null, problems };
  if (await findPlatform(db, identity.name)) return nameTaken(identity.name);
  const sealedEnrolment = await sealed(db, enrolment);
  try {
    await registerPlatform(db, { ...identity, ...about, ownerId: caller.user.id, connection, settings, sealedEnrolment });
  } catch (error) {
    if (error instanceof KnownError && error.code === 'CONFLICT') return nameTaken(identity.name); // by somebody, a moment ago
    throw error;
  }
  return { platform: await findPlatform(db, identity.name), problems: [] };
}

function nameTaken(name: string): PlatformResult {
  const message = `There is a platform '${name}' already; choose another name.`;
  return { platform: null, problems: [{ path: ['name'], code: 'CONFLICT', message }] };
}

/** Changes what was given, or says everything that is wrong with it. */
export async function update({ db }: Context, platform: PlatformRow, input: UpdatePlatformInput): Promise<PlatformResult> {
  const problems: Problem[] = [];
  const { description = null, slots, enrolment: enrolmentInput } = input;
  const about = read(aboutShape, { description: description ?? platform.description, slots: slots ?? null }, [], problems);
  const connection = read(connectionShape, merged(platform.connection ?? {}, input.connection), ['connection'], problems);
  const settings = read(settingsShape, mergedSettings(platform.settings, input.settings), ['settings'], problems);
  const enrolment = enrolmentInput ? readEnrolment(enrolmentInput, problems) : undefined;
  if (problems.length > 0 || !about) return { platform: null, problems };
  const change = {
    description: about.description,
    ...(slots !== undefined && { slots: about.slots }),
    ...(connection && input.connection && { connection }),
    ...(settings && input.settings && { settings }),
    ...(enrolment && { sealedEnrolment: await sealed(db, enrolment) }),
  };
  try {
    await updatePlatform(db, platform.name, change);
  } catch (error) {
    if (!(error instanceof KnownError && error.code === 'CONFLICT')) throw error;
    return { platform: null, problems: [{ path: ['connection'], code: error.code, message: error.message }] };
  }
  return { platform: await findPlatform(db, platform.name), problems: [] };
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
