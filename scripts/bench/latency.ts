import type { KilnUnderTest } from './kiln.ts';

export interface Latency {
  readonly tasks: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

/** They end one after the other, a few each second. */
const TASKS = 120;

/** From the end of a task on another machine to the event that a subscriber gets. */
export async function latencyOf(kiln: KilnUnderTest, platform: string): Promise<Latency> {
  const found = [...(await kiln.latencies(TASKS, platform))].sort((a, b) => a - b);
  const at = (share: number) => found[Math.floor(found.length * share)] ?? Number.NaN;
  return { tasks: found.length, p50: at(0.5), p95: at(0.95) };
}

export function told({ tasks, p50, p95 }: Latency): string {
  return `From the end of a task over SSH to a subscriber's event: p50 ${p50} ms, p95 ${p95} ms over ${tasks} tasks; wanted are less than 1000 ms.`;
}
