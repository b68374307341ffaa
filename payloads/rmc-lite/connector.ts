import { defineConnector, type IterationRecord, type Parameters, type TaskOutput } from '@kiln/domain';

/** Temperatures in millionths of the criterion: of plain Monte Carlo, and those that simulated annealing gives to the tasks of one result. */
const TEMPERATURE = 300;
const ANNEALING = [300, 700, 1100, 1500];

export default defineConnector({
  title: 'Reverse Monte Carlo',
  description:
    'Moves the particles of a small two-dimensional fluid until their radial distribution function g(r) is the measured one in target.dat. ' +
    'Each task moves them with a seed and at a temperature of its own and tells how far it still is; the best configurations are what the ' +
    'tasks of the next iteration start from, until an iteration gains next to nothing.',
  runsOn: ['unix', 'cloud'],
  parameters: {
    iseed: {
      title: 'Seed',
      help: 'The seeds of all tasks follow from it: the same seed gives the same results.',
      type: 'integer',
      default: 42,
      minimum: 0,
      maximum: 2_147_483_646,
    },
    steps: {
      title: 'Moves per task',
      help: 'How many moves a task tries; ten thousand take a second or so.',
      type: 'integer',
      default: 10_000,
      minimum: 1,
      maximum: 100_000_000,
    },
    error_threshold: {
      title: 'Error threshold',
      help: 'Delta for iteration convergence: the iteration that lowers the criterion by no more than this is the last.',
      type: 'number',
      default: 0.03,
      minimum: 0,
    },
    optimisation_scheme: {
      title: 'Optimisation scheme',
      type: 'string',
      choices: [
        { value: 'MC', title: 'Monte Carlo' },
        { value: 'MCSA', title: 'Monte Carlo with simulated annealing' },
      ],
      default: 'MC',
    },
    fanout_per_kept_result: {
      title: 'Tasks per kept result',
      help: 'How many tasks go on from each kept result, with seeds of their own.',
      type: 'integer',
      default: 2,
      minimum: 1,
      maximum: 1000,
      onlyWhen: { parameter: 'optimisation_scheme', equals: 'MC' },
    },
    kept_results: {
      title: 'Results kept per iteration',
      help: 'The next iteration goes on from so many of the best results; 2 keeps the top two.',
      type: 'integer',
      default: 1,
      minimum: 1,
      maximum: 1000,
    },
  },
  defaults: { nodes: 2, maximum_iterations: 10 },
  reliability: true,

  sweep(parameters, iteration, previous) {
    const annealing = parameters['optimisation_scheme'] === 'MCSA';
    const start = { istart: [previous && previous.inputs.length > 0 ? 1 : 2] };
    if (annealing && previous) return { temp: ANNEALING, iseed: seeds(parameters, iteration, 1), ...start };
    const count = annealing ? ANNEALING.length * Number(parameters['kept_results']) : Number(parameters['fanout_per_kept_result']);
    return { temp: [TEMPERATURE], iseed: seeds(parameters, iteration, count), ...start };
  },

  async transform({ parameters, tasks }) {
    const results = await Promise.all(tasks.map(async (task) => ({ number: task.number, error: await criterionOf(task) })));
    results.sort((a, b) => a.error - b.error || a.number - b.number);
    const kept = results.slice(0, Number(parameters['kept_results']));
    return {
      scores: Object.fromEntries(results.map(({ number, error }) => [number, error])),
      keep: kept.map(({ number }) => number),
      inputs: kept.map(({ number, error }) => ({
        from: number,
        files: { 'input_initial.xyz': { task: number, path: 'xyz_final.xyz' }, 'audit.txt': `Run ${number} preserved (error ${error})\n` },
      })),
      note: kept.map(({ number, error }) => `Run ${number} preserved (error ${error}).`).join(' ') || 'No task left a result.',
    };
  },

  converged({ parameters, iterations }) {
    const threshold = Number(parameters['error_threshold']);
    const criterion = best(iterations.at(-1));
    const before = best(iterations.at(-2));
    if (criterion === null) return { done: false, note: 'No task left a result.' };
    if (before === null) return { done: false, criterion, note: `The criterion is ${criterion}.` };
    const gain = Number((before - criterion).toFixed(8));
    if (gain < 0) return { done: false, criterion, note: `The criterion rose from ${before} to ${criterion}.` };
    const fall = `The criterion fell by ${gain} to ${criterion}`;
    if (gain > threshold) return { done: false, criterion, note: `${fall}, by more than the error threshold of ${threshold}.` };
    return { done: true, criterion, note: `${fall}, by no more than the error threshold of ${threshold}.` };
  },
});

/** So many seeds, which no other iteration has. */
function seeds(parameters: Parameters, iteration: number, count: number): number[] {
  const first = Number(parameters['iseed']) * 16_807 + iteration * 48_271;
  return Array.from({ length: count }, (_, index) => (first + index) % 2_147_483_647);
}

async function criterionOf(task: TaskOutput): Promise<number> {
  const found = (await task.text('criterion.txt')).trim();
  if (!/^\d+\.\d+$/.test(found)) throw new Error(`Task ${task.number} left no criterion in criterion.txt: '${found}'.`);
  return Number(found);
}

/** The lowest criterion of the tasks of an iteration; null if there is none. */
function best(record: IterationRecord | undefined): number | null {
  const scores = Object.values(record?.scores ?? {});
  return scores.length > 0 ? Math.min(...scores) : null;
}
