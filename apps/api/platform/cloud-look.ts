import type { AskOptions } from '@kiln/db/asks';
import { type CloudPlace, type Enrolment, type ErrorCode, KnownError, type Problem, type Question } from '@kiln/domain';
import type { Context } from '../context.ts';
import type { LookAtCloudInput } from './cloud-look.input.ts';
import type { CloudLookResult } from './cloud-look.type.ts';
import { cloudPlaceShape, NEW_CLOUD_PLACE } from './cloud-shape.ts';
import { readEnrolment, sealed } from './enrolment.ts';
import { ownPlatform } from './own-platform.ts';
import { read } from './platform-shape.ts';
import { needCloudKey, present } from './register.ts';

/** Milliseconds; the worker gives up sooner. */
const PATIENCE = 45_000;

/** What a cloud has to choose from, or why that cannot be told. */
export async function lookAtCloud(context: Context, input: LookAtCloudInput): Promise<CloudLookResult> {
  const { platform, cloud, enrolment } = input;
  if (typeof platform !== 'string') return lookAtAnother(context, input);
  if (cloud || enrolment)
    return { look: null, problems: [problem([], 'BAD_INPUT', 'Where a platform is and what opens it is known: give its name alone.')] };
  const known = await ownPlatform(context, platform);
  if (!known.cloud) return { look: null, problems: [problem(['platform'], 'BAD_INPUT', `'${known.name}' is no cloud.`)] };
  const place = known.cloud;
  return ask(context, { kind: 'look-at-cloud', cloud: { platform: known.name } }, {}, (code) =>
    code === 'LOGIN_REFUSED' ? ['enrolment'] : addressOf(place),
  );
}

/** One that is no platform yet. */
async function lookAtAnother(context: Context, { cloud, enrolment }: LookAtCloudInput): Promise<CloudLookResult> {
  const problems: Problem[] = [];
  const place = read(cloudPlaceShape, { ...NEW_CLOUD_PLACE, ...present(cloud) }, ['cloud'], problems);
  const key = readEnrolment(enrolment ?? {}, problems, 'cloud');
  needCloudKey(place, key, problems);
  if (!place || !key || problems.length > 0) return { look: null, problems };
  const body = await sealed(context.db, key);
  return ask(context, { kind: 'look-at-cloud', cloud: place }, { body }, (code, message) => {
    if (code === 'LOGIN_REFUSED' || code === 'FORBIDDEN') return ['enrolment', ...(SECRETS[key.kind] ?? [])];
    return place.region !== '' && message.includes(`region ${place.region}`) ? ['cloud', 'region'] : addressOf(place);
  });
}

const SECRETS: Readonly<Partial<Record<Enrolment['kind'], readonly string[]>>> = {
  'application-credential': ['applicationCredential', 'secret'],
  'cloud-password': ['cloudLogin', 'password'],
  'cloud-access-key': ['accessKey', 'secretAccessKey'],
};

/** Of Amazon the region alone says where it is. */
function addressOf({ endpoint }: CloudPlace): readonly string[] {
  return ['cloud', endpoint === '' ? 'region' : 'endpoint'];
}

/** That nobody looked, or that it failed inside of Kiln, is no problem with what was given. */
const OURS: readonly ErrorCode[] = ['NO_WORKER', 'DATABASE_AWAY', 'INTERNAL'];

async function ask(
  { asker }: Context,
  question: Extract<Question, { kind: 'look-at-cloud' }>,
  options: AskOptions,
  pathOf: (code: ErrorCode, message: string) => readonly string[],
): Promise<CloudLookResult> {
  try {
    const { choices, quota, cut } = (await asker.ask<'look-at-cloud'>(question, { timeout: PATIENCE, ...options })).answer;
    return { look: { ...choices, quota, cut }, problems: [] };
  } catch (error) {
    if (!(error instanceof KnownError) || OURS.includes(error.code)) throw error;
    return { look: null, problems: [problem(pathOf(error.code, error.message), error.code, error.message)] };
  }
}

function problem(path: readonly string[], code: ErrorCode, message: string): Problem {
  return { path, code, message };
}
