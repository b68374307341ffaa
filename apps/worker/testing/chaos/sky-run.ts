import { setTimeout as sleep } from 'node:timers/promises';
import { type Kiln, KilnError } from '@kiln/client/kiln';
import { cloudCredential } from '@kiln/db/clouds';
import { listRentedMachines } from '@kiln/db/rented-machines';
import { seeded } from '@kiln/testing/random';
import { type Cancel, feed } from './feeder.ts';
import { counted, judge, referencesOf, type Telling, tally, tell } from './judge.ts';
import { killed } from './killer.ts';
import { type Machinery, patiently, startMachinery } from './machinery.ts';
import type { Chaos, ChaosOptions } from './run.ts';
import { openSky, type Sky } from './sky.ts';
import { skyKiller } from './sky-killer.ts';
import { effectsOn, skyMachines } from './sky-machines.ts';
import { cloudSubmissions, writeConnectors } from './submissions.ts';

/** Jobs that are under way at the same time have two machines each; the rest is for those that nobody knows of any more. */
const AT_ONCE = 8;
const MACHINES = 20;
const PATIENCE = 180_000;
/** For what is to happen by itself: milliseconds. */
const SETTLING = 90_000;
const CLOUD = 'sky';

const CANCELS: readonly Cancel[] = [
  { stage: 'create', after: 0 },
  { stage: 'create', after: 5500 },
  { stage: 'create', after: 1000 },
  { stage: 'bootstrap', after: 0 },
  { stage: 'create', after: 300 },
  { stage: 'wait', after: 0 },
];

/** Jobs on machines of a cloud, undisturbed and then while workers and the API are killed at what they ask of the cloud. */
export async function chaosInCloud(options: Omit<ChaosOptions, 'login'>): Promise<Chaos> {
  const machinery = await startMachinery(null);
  let sky: Sky | null = null;
  try {
    const random = seeded(options.seed);
    const machines = await skyMachines(MACHINES, machinery.effects);
    sky = await openSky(machines, random);
    return await kill({ ...options, machinery, sky, user: machines.user, random });
  } finally {
    await machinery.close();
    await sky?.close();
  }
}

type Killing = Omit<ChaosOptions, 'login'> &
  Telling & { readonly sky: Sky; readonly user: string; readonly random: ReturnType<typeof seeded> };

async function kill({ machinery, sky, user, random, kills: wanted, minutes, say, ...telling }: Killing): Promise<Chaos> {
  await writeConnectors(machinery.home);
  await register(machinery.kiln, sky.url, user);
  const submissions = cloudSubmissions(effectsOn(user), CLOUD);
  const common = { machinery, submissions, atOnce: AT_ONCE, patience: PATIENCE, cancels: CANCELS };
  const calm = await feed({ ...common, name: 'calm', more: (count) => count < submissions.length });
  const references = await referencesOf(machinery, calm);
  say(`${calm.length} jobs ended undisturbed`);

  const killer = skyKiller({ machinery, random, kills: wanted });
  const limit = new AbortController();
  let killing = true;
  sky.disturb(killer.strike);
  const feeding = feed({ ...common, name: 'chaos', more: () => killing });
  feeding.catch(() => limit.abort()); // it is waited for below
  await Promise.race([killer.enough, sleep(minutes * 60_000, undefined, limit).catch(() => undefined)]);
  limit.abort();
  killing = false;
  sky.disturb(null);
  await killer.awake();
  say(counted(killer.kills));
  const jobs = await feeding.catch((error: unknown) => String(error));
  const places = tally(killer.kills.map(({ point }) => point ?? '').sort());
  say(`${typeof jobs === 'string' ? 'not all' : jobs.length} jobs ended; kills at ${places}`);
  await sky.settled();
  const wrong = [
    ...(typeof jobs === 'string' ? [jobs] : await judge(machinery, [...calm, ...jobs], references, killer.kills)),
    ...(await leftInCloud(machinery, sky)),
  ];
  await tell(wrong, killer.kills, { ...telling, machinery, say });
  return { kills: killed(killer.kills), jobs: typeof jobs === 'string' ? 0 : jobs.length, wrong };
}

async function register(kiln: Kiln, url: string, user: string): Promise<void> {
  await patiently(() =>
    kiln.platforms.register({
      ...{ name: CLOUD, kind: 'cloud' },
      cloud: { endpoint: `${url}/v3`, image: 'debian-12', size: 'small', network: 'private', user, sourceRange: '10.0.0.0/8' },
      enrolment: { applicationCredential: { id: 'chaos', secret: 'order' } },
    }),
  );
  const { state, findings } = await kiln.platforms.checked(CLOUD);
  if (state !== 'ready') throw new Error(`The cloud is not ready: ${JSON.stringify(findings)}`);
}

/** Machines, in the cloud or in Kiln's books; and when the platform is removed, what let Kiln in. Given the time to go. */
async function leftInCloud({ db, kiln }: Machinery, { double }: Sky): Promise<readonly string[]> {
  const { id } = await kiln.viewer();
  const machines = await leftAfter(async () => [
    ...double.servers.map(({ name, metadata, status }) => `the machine ${name} in the cloud, ${status}: ${JSON.stringify(metadata)}`),
    ...(await listRentedMachines(db, id)).map(({ name }) => `the machine ${name} in the books`),
  ]);
  const refused = await kiln.platforms.remove(CLOUD).then(
    () => [],
    (error) => [`the platform, which cannot be removed: ${error instanceof KilnError ? error.message : String(error)}`],
  );
  const access = await leftAfter(async () => [
    ...[...double.keyPairs.keys()].map((name) => `the key pair ${name}`),
    ...double.groups.map(({ name }) => `the security group ${name}`),
    ...((await cloudCredential(db, `${CLOUD} (removed)`)) ? ['what opens the removed cloud'] : []),
    ...double.servers.map(({ name }) => `the machine ${name}, since the platform was removed`),
  ]);
  return [...machines, ...refused, ...access];
}

async function leftAfter(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  for (const end = Date.now() + SETTLING; ; await sleep(200)) {
    const left = await look();
    if (left.length === 0 || Date.now() > end) return left;
  }
}
