import { type JobState, KnownError, type Machine, type Node, newNode, type Platform, type World, wantedNodes } from '@kiln/domain';

/** How many machines a job may have, and with how few it goes on; of a job that goes on, only tasks that are left need some. */
export function wanted({ job, platform }: Pick<JobState, 'job' | 'platform'>): { readonly count: number; readonly minimum: number } {
  return wantedNodes(platform, job.parameters, Math.max(1, job.progress.total));
}

export function nodeOf(machine: Machine, { platform }: Pick<JobState, 'platform'>, world: Pick<World, 'now'>): Node {
  return newNode(machine, platform.cloud?.pricePerHour ?? null, world.now());
}

/** With its machines, what runs there ends; where clouds are only played on this machine, it does not. */
export function goesWhole({ kind, provider }: Platform): boolean {
  return kind === 'cloud' && provider !== 'local';
}

/** Machines of the job that work, or will once they are bootstrapped. */
export function openNodes({ nodes }: Pick<JobState, 'nodes'>): readonly Node[] {
  return nodes.filter(({ state }) => state === 'running' || state === 'ready');
}

/** Names that no other machine of the job gets. */
export function pastNames({ nodes }: Pick<JobState, 'nodes'>): readonly string[] {
  return nodes.filter(({ state }) => state === 'lost' || state === 'destroyed').map(({ name }) => name);
}

type Machinery = Pick<JobState, 'job' | 'platform' | 'nodes'>;

/** A lost machine is replaced as long as so many per machine were not, unless the submission says otherwise. */
const MOST_RETRIES = 2;

/** How many machines may still be asked for in place of lost ones. */
export function toReplace(state: Machinery): number {
  const { job, platform, nodes } = state;
  if (platform.kind !== 'cloud' || job.parameters['reschedule_failed_tasks'] === false) return 0;
  const most = wanted(state).count * Number(job.parameters['maximum_retries'] ?? MOST_RETRIES);
  const lost = nodes.filter((node) => node.state === 'lost').length;
  return Math.max(0, Math.min(lost, most) - job.progress.replaced);
}

/** Whether machines are to come beside those that the job has. */
export function willHaveOthers(state: Machinery): boolean {
  return state.job.progress.coming > 0 || toReplace(state) > 0;
}

/** @throws KnownError NODE_LOST if the job has no machine left that can do its work, and none is to come */
export function needNodes(state: Machinery): void {
  const { nodes } = state;
  if (nodes.length === 0 || openNodes(state).length > 0 || willHaveOthers(state)) return;
  const reasons = [...new Set(nodes.flatMap(({ note }) => (note ? [note] : [])))].slice(0, 3);
  throw new KnownError('NODE_LOST', ['No machine of the job is left.', ...reasons].join(' '));
}
