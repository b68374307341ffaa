import type { Question } from '@kiln/domain';

type Watch = Extract<Question, { kind: 'watch-log' }>;

/** How long a watch lasts unless it is renewed, and how often a watched log is looked at. */
const LEASE = 30_000;
const PERIOD = 300;

export interface LogWatches {
  add(watch: Watch): void;
  close(): void;
}

/** Looks at the logs that somebody is reading, and tells when there is more, or the task has ended. */
export function createLogWatches(
  hasNews: (watch: Watch) => Promise<boolean>,
  tell: (watch: Watch) => Promise<void>,
  failed: (error: unknown) => void,
): LogWatches {
  const watches = new Map<string, { watch: Watch; until: number }>();
  let timer: NodeJS.Timeout | null = null;

  async function round(): Promise<void> {
    for (const [key, { watch, until }] of watches) {
      if (until < Date.now()) watches.delete(key);
      else if (await hasNews(watch)) {
        watches.delete(key); // Whoever reads on asks for another watch, from where the log ends then.
        await tell(watch);
      }
    }
  }

  function next(): void {
    timer = setTimeout(async () => {
      await round().catch(failed);
      timer = null;
      if (watches.size > 0) next();
    }, PERIOD);
  }

  return {
    add(watch) {
      watches.set(`${watch.jobId}/${watch.task}/${watch.stream}/${watch.offset}`, { watch, until: Date.now() + LEASE });
      if (!timer) next();
    },
    close() {
      watches.clear();
      if (timer) clearTimeout(timer);
    },
  };
}
