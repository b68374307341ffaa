import {
  type Connector,
  DEFAULT_SETTINGS,
  hasEnded,
  type JobState,
  type Platform,
  THIS_MACHINE,
  TRANSITIONS,
  type World,
} from '@kiln/domain';
import { isFinal, MemoryJob } from '@kiln/testing/memory-job';
import { type Random, seeded } from '@kiln/testing/random';
import { type Faults, Simulated } from '@kiln/testing/simulated-site';
import { expect, test } from 'vitest';
import { step } from './step.ts';

const LIVES = 20_000;
const LONGEST_LIFE = 3000;

test(`every one of ${LIVES} lives with faults ends, moves only along TRANSITIONS and leaves nothing rented`, {
  timeout: 240_000,
}, async () => {
  const ends: Record<string, number> = {};
  for (let seed = 1; seed <= LIVES; seed += 1) {
    const end = await live(seed);
    ends[end] = (ends[end] ?? 0) + 1;
  }
  expect(Object.keys(ends).sort()).toEqual(['cancelled', 'failed', 'succeeded']);
  for (const count of Object.values(ends)) expect(count).toBeGreaterThan(LIVES / 50);
});

async function live(seed: number): Promise<string> {
  const random = seeded(seed);
  const simulated = new Simulated(random, someFaults(random));
  const fixed = { connector: someConnector(random), platform: somePlatform(random) };
  const job = new MemoryJob(fixed, { nodes: random.between(1, 4), minimum_nodes: 1 });
  const world: World = {
    site: simulated.site,
    storage: simulated.storage,
    tasks: job.find,
    payload: async () => ({ archive: async function* () {}, copied: false, parameters: {} }),
    signal: new AbortController().signal,
  };
  const cancelAt = random.chance(0.2) ? random.between(0, 60) : -1;
  let retries = random.between(0, 2);
  for (let steps = 0; steps < LONGEST_LIFE; steps += 1) {
    if (steps === cancelAt) job.cancel();
    const before = job.state();
    const done = await step(before, world, 0);
    if (random.chance(0.1)) continue; // The worker was killed before it could save.
    if (![before.job.stage, ...TRANSITIONS[before.job.stage]].includes(done.stage))
      throw new Error(`seed ${seed}: ${before.job.stage} → ${done.stage}`);
    if (done.changes.ending?.code === 'INTERNAL') throw new Error(`seed ${seed}: ${done.changes.ending.message}`);
    job.save(done);
    const after = job.state();
    if (!hasEnded(after.job.status)) continue;
    checkEnd(seed, after, job.tasks, simulated);
    if (after.job.status === 'succeeded' || retries === 0) return after.job.status;
    retries -= 1;
    job.retry();
  }
  throw new Error(`The life with seed ${seed} does not end; it is in ${job.state().job.stage}.`);
}

function checkEnd(seed: number, { job, nodes }: JobState, tasks: MemoryJob['tasks'], simulated: Simulated): void {
  const all = [...tasks.values()];
  const effects = ({ number }: { number: number }) => simulated.effects.get(number) ?? 0;
  const facts = {
    left: simulated.left(),
    nodes: nodes.filter(({ state }) => state !== 'destroyed'),
    unfinished: all.filter((task) => !isFinal(task)),
    repeated: all.filter((task) => effects(task) > task.attempt),
    ...(job.status === 'succeeded' && {
      unpublished: !simulated.published,
      undone: all.filter((task) => task.state !== 'succeeded' || effects(task) !== task.attempt),
      away: all.filter((task) => !task.collected || !simulated.home.has(task.number)),
    }),
  };
  const wrong = Object.entries(facts).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value));
  if (wrong.length > 0) throw new Error(`seed ${seed}: ${JSON.stringify(wrong)}`);
}

function someFaults(random: Random): Faults {
  const calm = random.chance(0.3);
  return {
    refused: calm ? 0 : random.next() * 0.2,
    answerLost: calm ? 0 : random.next() * 0.2,
    taskFails: random.chance(0.7) ? 0 : 0.2,
    runnerDies: random.chance(0.7) ? 0 : 0.05,
    mostMachines: random.chance(0.95) ? 9 : 0,
  };
}

function someConnector(random: Random): Connector {
  const last = random.chance(0.8) ? 0 : random.between(1, 2);
  return {
    name: 'walk',
    title: 'walk',
    description: '',
    runsOn: ['unix', 'cloud'],
    parameters: [],
    defaults: {},
    sweep: { n: Array.from({ length: random.between(1, 6) }, (_, i) => i) },
    stages: { converge: { process: async ({ job }) => ({ done: job.iteration >= last }) } },
    payload: { bootstrap: random.chance(0.3), schedule: random.chance(0.3), copied: false },
  };
}

function somePlatform(random: Random): Platform {
  return {
    ...THIS_MACHINE,
    settings: DEFAULT_SETTINGS,
    name: 'p',
    kind: random.chance(0.5) ? 'unix' : 'cloud',
    description: '',
    slots: 2,
    maxNodes: 9,
  };
}
