import { type JobState, journalPath, type Site, type Step } from '@kiln/domain';

/** What happens within this many milliseconds wakes a job once. */
const GATHER = 40;
/** The queue looks for due messages about this often; a step that is due earlier is hinted at. */
const QUEUE_POLL = 1000;

/** Wakes jobs before their next step is due. Hints may be lost with this process: then the queue's own time counts. */
export interface Hints {
  /** After a step: watch what the job waits for. */
  expect(state: JobState, step: Step, site: Site): void;
  drop(jobId: number): void;
  /** Jobs that are watched. */
  jobs(): readonly number[];
  close(): void;
}

interface Watching {
  readonly journals: Map<string, () => void>;
  timer: NodeJS.Timeout | null;
}

export function createHints(wake: (jobId: number) => void): Hints {
  const jobs = new Map<number, Watching>();

  function schedule(jobId: number, watching: Watching, delay: number): void {
    watching.timer ??= setTimeout(() => {
      watching.timer = null;
      wake(jobId);
    }, delay);
  }

  function drop(jobId: number): void {
    const watching = jobs.get(jobId);
    if (!watching) return;
    if (watching.timer) clearTimeout(watching.timer);
    for (const stop of watching.journals.values()) stop();
    jobs.delete(jobId);
  }

  return {
    drop,
    jobs: () => [...jobs.keys()],
    expect({ job, nodes }, { changes }, site) {
      const watching = jobs.get(job.id) ?? { journals: new Map(), timer: null };
      jobs.set(job.id, watching);
      if (changes.again < QUEUE_POLL) {
        if (watching.timer) clearTimeout(watching.timer); // What was hinted at while the step looked is seen by the next one.
        watching.timer = null;
        schedule(job.id, watching, changes.again);
      }
      const wanted = new Map<string, () => void>();
      for (const node of nodes.map((node) => changes.nodes?.find(({ name }) => name === node.name) ?? node)) {
        for (const { name } of node.batches) {
          const key = `${node.name} ${name}`;
          const hint = () => schedule(job.id, watching, GATHER);
          const follow = () => {
            hint(); // It may have grown since the step looked at it.
            return site.follow(job, node, journalPath(name), hint);
          };
          wanted.set(key, watching.journals.get(key) ?? follow());
        }
      }
      for (const [key, stop] of watching.journals) if (!wanted.has(key)) stop();
      watching.journals.clear();
      for (const [key, stop] of wanted) watching.journals.set(key, stop);
    },
    close() {
      for (const jobId of [...jobs.keys()]) drop(jobId);
    },
  };
}
