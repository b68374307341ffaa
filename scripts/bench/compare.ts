/** The same work done by Kiln and by a peer. */
export interface Row {
  readonly name: string;
  /** Things done, of which a second's worth is told. */
  readonly count: number;
  readonly unit: string;
  readonly peer: string;
  /** How many times as fast as the peer Kiln wants to be; null if nobody has set a goal. */
  readonly goal: number | null;
  readonly byKiln: () => Promise<void>;
  readonly byPeer: () => Promise<void>;
  /** Done before each of both; its time does not count. */
  readonly reset?: () => Promise<void>;
}

export interface Result extends Pick<Row, 'name' | 'unit' | 'peer' | 'goal'> {
  /** Per second, one for each round. */
  readonly kiln: readonly number[];
  readonly peers: readonly number[];
  /** Median of the ratios of the rounds. */
  readonly ratio: number;
}

/** Does both in turn, `rounds` times, after a first time of each that does not count. */
export async function compare({ byKiln, byPeer, reset = async () => {}, count, ...row }: Row, rounds: number): Promise<Result> {
  const kiln: number[] = [];
  const peers: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    await reset();
    const ours = await perSecond(byKiln, count);
    await reset();
    const theirs = await perSecond(byPeer, count);
    if (round === 0) continue;
    kiln.push(ours);
    peers.push(theirs);
    console.log(`${row.name}: Kiln ${told(ours)}, ${row.peer} ${told(theirs)} ${row.unit}/s`);
  }
  await reset();
  const { name, unit, peer, goal } = row;
  return { name, unit, peer, goal, kiln, peers, ratio: median(kiln.map((rate, i) => rate / (peers[i] ?? Number.NaN))) };
}

export function table(results: readonly Result[]): string {
  const head = ['', 'Kiln', 'peer', 'ratio', 'goal', ''];
  const lines = results.map(({ name, unit, peer, goal, kiln, peers, ratio }) => [
    name,
    `${told(median(kiln))} ${unit}/s`,
    `${told(median(peers))} ${unit}/s`,
    `${ratio.toFixed(2)}×`,
    goal === null ? '' : `${goal}×`,
    peer,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)));
  return [head, ...lines].map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

async function perSecond(work: () => Promise<void>, count: number): Promise<number> {
  const started = performance.now();
  await work();
  return count / ((performance.now() - started) / 1000);
}

function told(rate: number): string {
  return rate < 10 ? rate.toFixed(2) : rate.toFixed(0);
}

/** Of an even number, the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [below, above] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((below ?? Number.NaN) + (above ?? Number.NaN)) / 2;
}
