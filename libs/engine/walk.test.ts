import {
  type Connector,
  curationOf,
  DEFAULT_SETTINGS,
  hasEnded,
  type JobState,
  type Parameters,
  type Platform,
  reliabilityOf,
  THIS_MACHINE,
  TRANSITIONS,
  type World,
} from '@kiln/domain';
import { isFinal, MemoryJob } from '@kiln/testing/memory-job';
import { type Random, seeded } from '@kiln/testing/random';
import { type Faults, Simulated } from '@kiln/testing/simulated-site';
import { expect, test } from 'vitest';
import { step } from './step.ts';

const LIVES = 4_000;
/** Kills of the worker before it could save, and faults that the simulated world met, in all lives together at least. */
const FAULTS = 20_000;
const LONGEST_LIFE = 3000;

test(`every one of ${LIVES} lives with ${FAULTS} faults ends, moves only along TRANSITIONS and leaves nothing rented`, {
  timeout: 240_000,
}, async () => {
  const ends: Record<string, number> = {};
  faults = 0;
  for (let seed = 1; seed <= LIVES; seed += 1) {
    const end = await live(seed);
    ends[end] = (ends[end] ?? 0) + 1;
  }
  expect(faults).toBeGreaterThan(FAULTS);
  expect(Object.keys(ends).sort()).toEqual(['cancelled', 'failed', 'succeeded']);
  for (const count of Object.values(ends)) expect(count).toBeGreaterThan(LIVES / 50);
});

let faults = 0;

async function live(seed: number): Promise<string> {
  const random = seeded(seed);
  const simulated = new Simulated(random, someFaults(random));
  const fixed = { connector: someConnector(random), platform: somePlatform(random) };
  let clock = 0;
  const now = () => clock;
  const parameters = someParameters(random);
  const job = new MemoryJob(fixed, parameters, now);
  const { connector } = fixed;
  const world: World = {
    site: simulated.site,
    storage: simulated.storage,
    origin: null,
    curator: curationOf(parameters) && simulated.curator,
    input: null,
    valuesIn: () => ({}),
    metered: (_direction, stream) => stream,
    direct: async () => false,
    code: codeOf(connector),
    numbers: async () => ({}),
    confirm: async () => {},
    history: async () => job.history,
    tasks: job.find,
    payload: async () => ({ archive: async function* () {}, size: async () => 0, copied: false, parameters: {}, round: 0 }),
    signal: new AbortController().signal,
    now,
  };
  const cancelAt = random.chance(0.2) ? random.between(0, 60) : -1;
  let retries = random.between(0, 2);
  for (let steps = 0; steps < LONGEST_LIFE; steps += 1) {
    clock += random.between(1, 2000);
    if (steps === cancelAt) job.cancel();
    const before = job.state();
    const done = await step(before, world);
    if (random.chance(0.1)) {
      faults += 1;
      continue; // The worker was killed before it could save.
    }
    if (![before.job.stage, ...TRANSITIONS[before.job.stage]].includes(done.stage))
      throw new Error(`seed ${seed}: ${before.job.stage} → ${done.stage}`);
    if (done.changes.ending?.code === 'INTERNAL') throw new Error(`seed ${seed}: ${done.changes.ending.message}`);
    job.save(done);
    const after = job.state();
    if (!hasEnded(after.job.status)) continue;
    checkEnd(seed, after, job, simulated);
    faults += simulated.met;
    simulated.met = 0;
    if (after.job.status === 'succeeded' || retries === 0) return after.job.status;
    retries -= 1;
    job.retry();
  }
  throw new Error(`The life with seed ${seed} does not end; it is in ${job.state().job.stage}.`);
}

function checkEnd(seed: number, { job, nodes }: JobState, { tasks, attempts, history }: MemoryJob, simulated: Simulated): void {
  const all = [...tasks.values()];
  const effects = ({ number }: { number: number }) => simulated.effects.get(number) ?? 0;
  const failed = all.filter((task) => task.state === 'failed');
  const most = reliabilityOf(job.parameters).maximumRetries;
  const facts = {
    left: simulated.left(),
    nodes: nodes.filter(({ state }) => state !== 'destroyed'),
    unfinished: all.filter((task) => !isFinal(task)),
    // A machine that is lost may have begun what was not heard of.
    repeated: all.filter((task) => effects(task) > task.attempt + simulated.deaths),
    tooOften: all.filter(({ retries }) => retries > most),
    unkept: all.filter((task) => attempts.filter(({ number }) => number === task.number).length < task.retries),
    gap: all.map(({ number }) => number).some((number, i) => number !== i + 1),
    ...(job.status === 'succeeded' && {
      unpublished: !simulated.published,
      unhappy: failed.length > 0 && job.parameters['max_failures'] === '0' && failed,
      undone: all.filter((task) => task.state !== 'succeeded' && task.state !== 'failed'),
      unseen: simulated.deaths === 0 && all.filter((task) => effects(task) !== task.attempt),
      away: all.filter((task) => task.state === 'succeeded' && (!task.collected || !simulated.home.has(task.number))),
      uncurated: curationOf(job.parameters) && all.filter((task) => task.state === 'succeeded' && !curated(simulated, task.number)),
      history: history.some(({ ending }, i) => (ending !== null) !== (i === history.length - 1)),
    }),
  };
  const wrong = Object.entries(facts).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value));
  if (wrong.length > 0) throw new Error(`seed ${seed}: ${JSON.stringify(wrong)}`);
}

function curated({ datasets }: Simulated, task: number): boolean {
  return [...datasets].some((name) => name.split('_')[2] === String(task));
}

/** As the worker runs it, but in this process. */
function codeOf({ sweep, transform, converged, metadata }: Connector): World['code'] {
  return {
    sweep: async (parameters, iteration, previous) => (typeof sweep === 'function' ? sweep(parameters, iteration, previous) : sweep),
    transform: async (outputs) => transform?.(outputs) ?? {},
    converged: async (history) => converged?.(history) ?? { done: true },
    metadata: async (outputs) => metadata?.(outputs) ?? {},
  };
}

function someFaults(random: Random): Faults {
  const calm = random.chance(0.3);
  const deadly = random.chance(0.2);
  return {
    refused: calm ? 0 : random.next() * 0.2,
    answerLost: calm ? 0 : random.next() * 0.2,
    taskFails: random.chance(0.5) ? 0 : 0.2,
    runnerDies: random.chance(0.7) ? 0 : 0.05,
    mostMachines: random.chance(0.95) ? 9 : 0,
    machineDies: deadly ? 0.01 : 0,
    directoryGoes: deadly ? 0.01 : 0,
    deadAreListed: random.chance(0.5),
  };
}

function someParameters(random: Random): Parameters {
  return {
    nodes: random.between(1, 4),
    minimum_nodes: 1,
    maximum_iterations: 3,
    max_failures: random.chance(0.5) ? '0' : '50%',
    reschedule_failed_tasks: random.chance(0.7),
    maximum_retries: random.between(0, 3),
    retry_delay: random.between(0, 5),
    retry_elsewhere: random.chance(0.3),
    ...(random.chance(0.3) && { curator: 'c' }),
  };
}

function someConnector(random: Random): Connector {
  const points = random.between(1, 6);
  const sets = random.between(0, 2);
  const last = random.between(0, 4);
  return {
    name: 'walk',
    title: 'walk',
    description: '',
    runsOn: ['unix', 'cloud'],
    parameters: [],
    defaults: {},
    sweep: (_parameters, iteration) => ({ n: Array.from({ length: points }, (_, i) => i + iteration) }),
    reliability: true,
    input: null,
    outputs: [],
    ...(random.chance(0.2) && {
      transform: ({ tasks }) => ({
        scores: Object.fromEntries(tasks.map(({ number }) => [number, 1 / number])),
        keep: tasks.map(({ number }) => number).slice(0, sets),
        inputs: tasks.slice(0, sets).map(({ number }) => ({ from: number, files: { number: String(number) } })),
      }),
      converged: ({ iterations }) => ({ done: iterations.length > last, criterion: 1 / iterations.length }),
    }),
    stages: {},
    payload: { bootstrap: random.chance(0.3), schedule: random.chance(0.3), copied: false, initial: false, placeholders: [] },
  };
}

function somePlatform(random: Random): Platform {
  return {
    ...THIS_MACHINE,
    settings: { ...DEFAULT_SETTINGS, limits: { ...DEFAULT_SETTINGS.limits, lostAfter: random.between(100, 300) } },
    name: 'p',
    kind: random.chance(0.5) ? 'unix' : 'cloud',
    description: '',
    slots: 2,
    maxNodes: 9,
  };
}
