import { parseRanges } from './ranges.ts';
import type { QueueEntry } from './scheduler.ts';
import { sgeState } from './sge-states.ts';

/** qstat(1): `$user` is its own word for whoever asks. Only XML has whole names; plain text cuts them at ten characters. */
export const SGE_STATUS = ['env', 'LC_ALL=C', 'qstat', '-u', '$user', '-xml'];

export function sgeQueue(stdout: string): readonly QueueEntry[] {
  return stdout
    .split(/<job_list\b/)
    .slice(1)
    .flatMap(entry);
}

/** The few elements that matter have neither attributes nor children, so no XML parser is needed. */
function entry(xml: string): readonly QueueEntry[] {
  const field = (tag: string) => unescaped(new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? '').trim();
  const job = field('JB_job_number');
  const word = field('state');
  if (!/^\d+$/.test(job) || word === '') return [];
  const tasks = field('tasks');
  const state = sgeState(word);
  return [
    {
      job,
      name: field('JB_name') || null,
      elements: tasks === '' ? null : parseRanges(tasks),
      state,
      word,
      reason: null, // it takes a question for each job, and the scheduler is often set up not to say
      startsAt: null,
      hopeless:
        state === 'error'
          ? `Grid Engine could not start it (${word}): on the cluster, qstat -j ${job} says why; mend that and retry the job.`
          : null,
    },
  ];
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescaped(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
