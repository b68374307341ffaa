import type { Database } from '@kiln/db/connect';
import { loadPlatformSecrets } from '@kiln/db/platform-checks';
import { findPlatform } from '@kiln/db/platforms';
import {
  type CloudAccess,
  type CloudChoice,
  type CloudChoices,
  type CloudKey,
  type CloudLook,
  type CloudPlace,
  type Enrolment,
  KnownError,
  MOST_CHOICES,
} from '@kiln/domain';
import { openCloud } from '@kiln/platforms/clouds/open-cloud';
import { cloudKeyOf } from './cloud-key.ts';
import type { Keyring } from './keyring.ts';

/** What a cloud has to choose from, whether it is a platform already or is to be one; `given` is a sealed `CloudKey`. */
export async function lookAtCloud(
  db: Database,
  keyring: Keyring,
  wanted: CloudPlace | { readonly platform: string },
  given: Buffer | null,
  signal: AbortSignal,
): Promise<CloudLook> {
  const { place, key } =
    'platform' in wanted ? await registered(db, keyring, wanted.platform) : { place: wanted, key: keyIn(keyring, given) };
  const looking = new AbortController(); // one list that fails ends the others
  const offers = openCloud(place, key).offers(AbortSignal.any([signal, looking.signal]));
  try {
    const [choices, quota] = await Promise.all([offers.choices(), offers.quota()]);
    const lists = Object.entries(choices) as [keyof CloudChoices, readonly unknown[]][]; // these are its keys
    return { choices: shortened(choices), quota, cut: lists.filter(([, list]) => list.length > MOST_CHOICES).map(([name]) => name) };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new KnownError('PLATFORM_UNAVAILABLE', `${place.endpoint || place.region} takes too long to say what it has; try again.`, {
      retryable: true,
      cause: error,
    });
  } finally {
    looking.abort();
  }
}

function keyIn(keyring: Keyring, given: Buffer | null): CloudKey {
  if (!given) throw new KnownError('BAD_INPUT', 'Nothing was given that opens this cloud.');
  return JSON.parse(keyring.open(given)) as CloudKey; // the API alone seals it
}

async function registered(db: Database, keyring: Keyring, name: string): Promise<{ readonly place: CloudPlace; readonly key: CloudKey }> {
  const [platform, secrets] = await Promise.all([findPlatform(db, name), loadPlatformSecrets(db, name)]);
  if (!platform?.cloud) throw new KnownError('NOT_FOUND', `There is no cloud '${name}' any more.`);
  const open = <T>(sealed: Buffer | null | undefined) => (sealed ? (JSON.parse(keyring.open(sealed)) as T) : null); // as `checkPlatform` opens them
  const key = cloudKeyOf(open<Enrolment>(secrets?.enrolment), open<CloudAccess>(secrets?.credential));
  if (!key) throw new KnownError('LOGIN_REFUSED', `Kiln has no credential for ${name}; give one.`);
  return { place: platform.cloud, key };
}

function shortened({ images, sizes, networks, floatingNetworks = [], zones, regions = [] }: CloudChoices): CloudLook['choices'] {
  return {
    images: named(images),
    sizes: named(sizes),
    networks: named(networks),
    floatingNetworks: named(floatingNetworks),
    zones: named(zones),
    regions: regions.filter(isLine).slice(0, MOST_CHOICES),
  };
}

/** A name that cannot be said of a platform is of no use; the id may be. */
function named<T extends CloudChoice>(all: readonly T[]): readonly T[] {
  return all
    .filter(({ id }) => isLine(id))
    .slice(0, MOST_CHOICES)
    .map((one) => ({ ...one, name: isLine(one.name) ? one.name : one.id }));
}

function isLine(text: string): boolean {
  return text.length <= 255 && text.trim() !== '' && !/\p{Cc}/u.test(text);
}
