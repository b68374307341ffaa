import type { Question } from '@kiln/domain';

type Watch = Extract<Question, { kind: 'watch-log' }>;

/** How long a watch lasts unless it is renewed, and how often the watches are gone through; milliseconds. */
const LEASE = 30_000;
const ROUND = 300;

export interface LogWatches {
  add(watch: Watch): void;
  close(): void;
}

/** How a log is kept an eye on. */
export interface Following {
  /** Milliseconds between two looks at it, if nothing hints at news. */
  readonly period: number;
  stop(): void;
}

interface Watched {
  readonly watch: Watch;
  until: number;
  due: number;
  following: Following | null;
}

/** Looks at the logs that somebody is reading, and tells when there is more, or the task has ended. */
export function createLogWatches(
  hasNews: (watch: Watch) => Promise<boolean>,
  follow: (watch: Watch, hint: () => void) => Promise<Following>,
  tell: (watch: Watch) => Promise<void>,
  failed: (error: unknown) => void,
): LogWatches {
  const watches = new Map<string, Watched>();
  let timer: NodeJS.Timeout | null = null;

  function drop(key: string): void {
    watches.get(key)?.following?.stop();
    watches.delete(key);
  }

  async function round(): Promise<void> {
    for (const [key, watched] of watches) {
      const now = Date.now();
      if (watched.until < now) drop(key);
      else if (watched.due <= now) {
        watched.due = now + (watched.following?.period ?? ROUND);
        if (!(await hasNews(watched.watch))) continue;
        drop(key); // Whoever reads on asks for another watch, from where the log ends then.
        await tell(watched.watch);
      }
    }
  }

  function next(): void {
    timer = setTimeout(async () => {
      await round().catch(failed);
      timer = null;
      if (watches.size > 0) next();
    }, ROUND);
  }

  async function followed(key: string, watched: Watched): Promise<void> {
    const following = await follow(watched.watch, () => {
      watched.due = 0;
    });
    if (watches.get(key) === watched) watched.following = following;
    else following.stop();
  }

  return {
    add(watch) {
      const key = `${watch.jobId}/${watch.task}/${watch.stream}/${watch.attempt ?? ''}/${watch.offset}`;
      const until = Date.now() + LEASE;
      const before = watches.get(key);
      if (before) before.until = until;
      else {
        const watched: Watched = { watch, until, due: 0, following: null };
        watches.set(key, watched);
        followed(key, watched).catch(failed);
      }
      if (!timer) next();
    },
    close() {
      for (const key of [...watches.keys()]) drop(key);
      if (timer) clearTimeout(timer);
    },
  };
}
