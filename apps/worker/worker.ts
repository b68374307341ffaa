import { hostname } from 'node:os';
import { join } from 'node:path';
import { answerAsk, notifyLog } from '@kiln/db/asks';
import type { Database } from '@kiln/db/connect';
import { listen } from '@kiln/db/listen';
import { findPlatform } from '@kiln/db/platforms';
import { enqueueAdvance } from '@kiln/db/queue';
import { runQueue } from '@kiln/db/run-queue';
import { beat, forgetWorker, refuseOtherHosts } from '@kiln/db/workers';
import { localShell } from '@kiln/platforms/shells/local';
import { expectShortLivedBuffers } from '@kiln/platforms/shells/short-lived';
import type { Logger } from 'pino';
import { createAdmission } from './admission.ts';
import { advance, type Observer } from './advance.ts';
import { createAnswerer, followLog, readLog } from './answers.ts';
import { checkPlatform } from './check-platform.ts';
import { createDirecting } from './direct.ts';
import { createHints } from './hints.ts';
import { createHousekeeping, DEFAULT_RETENTION, type Retention } from './housekeeping.ts';
import { openKeyring } from './keyring.ts';
import { createLeftCopies } from './left-copies.ts';
import { createLogWatches } from './log-watches.ts';
import { createPlaces, type Places } from './places.ts';
import { createReaper } from './reaper.ts';
import { type Heartbeat, startUpkeep } from './upkeep.ts';
import { createVersions } from './versions.ts';

export interface WorkerOptions {
  /** With more connections than `concurrency`. */
  readonly db: Database;
  readonly kilnHome: string;
  readonly log: Logger;
  /** Of this process: what payloads on this machine need of it is passed on to them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Jobs and questions handled at once. Default 8. */
  readonly concurrency?: number;
  /** Default: every 2 s, given up after 10 s. */
  readonly heartbeat?: Heartbeat;
  /** Default: events for ever, what ended jobs left on platforms for 7 days. */
  readonly retention?: Retention;
  /** Milliseconds between two looks for machines in clouds that nobody needs; default 5 minutes. */
  readonly reaping?: number;
  /** For tests only. */
  readonly observer?: Observer;
}

export interface Worker {
  /** Takes no more work and resolves when nothing of this worker is under way. Jobs go on elsewhere or later. */
  close(): Promise<void>;
}

/** Claims jobs and steps them, until closed. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { db, kilnHome, log, environment, concurrency = 8, heartbeat = { period: 2000, deadline: 10_000 } } = options;
  expectShortLivedBuffers();
  await refuseOtherHosts(db, hostname(), heartbeat.deadline);
  const failed = (error: unknown) => log.error({ err: error }, 'worker upkeep failed');
  const keyring = await openKeyring(db, kilnHome);
  const places = createPlaces({ db, home: kilnHome, environment, keyring });
  const admission = createAdmission(db);
  const versions = createVersions(db, join(kilnHome, 'cache'), localShell(environment));
  const hints = createHints((jobId) => enqueueAdvance(db.orm, jobId).catch(failed));
  const watches = watchLogs(db, places, failed);
  const answerer = createAnswerer(db, places, watches, keyring);
  const interrupts = new Map<number, AbortController>();

  const listening = await listen(
    db,
    ['kiln_interrupts', 'kiln_platforms'],
    (channel, payload) => {
      if (channel === 'kiln_interrupts') interrupts.get(Number(payload))?.abort();
      else tryAgain(db, places, payload).catch(failed);
    },
    () => {},
  );
  const directing = createDirecting(db, keyring);
  const queue = await runQueue(db, concurrency, {
    async advance(jobId, stopping) {
      const interrupt = new AbortController();
      interrupts.set(jobId, interrupt);
      try {
        await advance(
          { db, places, admission, versions, hints, directing, environment, observer: options.observer },
          jobId,
          AbortSignal.any([stopping, interrupt.signal]),
        );
      } catch (error) {
        if (!interrupt.signal.aborted) throw error; // An interrupted job has a newer message in the queue.
      } finally {
        interrupts.delete(jobId);
      }
    },
    check: (platform, action, stopping) => checkPlatform(db, keyring, platform, action, stopping),
    answer: (id) => answerAsk(db, id, answerer),
    report: (level, message) => log[level === 'warning' ? 'warn' : level](message),
  });
  const self = () => ({ id: queue.id(), host: hostname(), pid: process.pid, connections: places.links() });
  await beat(db, self());
  directing.known(queue.id);
  const housekeeping = createHousekeeping({ db, places, retention: options.retention ?? DEFAULT_RETENTION, workerId: queue.id, log });
  const reaper = createReaper({ db, provider: places.cloud, workerId: queue.id, log, ...(options.reaping && { period: options.reaping }) });
  const leftCopies = createLeftCopies(db, places, directing, log);
  const upkeep = startUpkeep(db, self, heartbeat, queue, hints, [housekeeping, reaper, leftCopies], failed);
  log.info({ worker: self() }, 'worker started');

  return {
    async close() {
      hints.close();
      watches.close();
      await queue.stop();
      await upkeep.close();
      await housekeeping.close();
      await reaper.close();
      await leftCopies.close();
      places.close();
      await listening.close();
      await forgetWorker(db, queue.id());
    },
  };
}

function watchLogs(db: Database, places: Places, failed: (error: unknown) => void) {
  return createLogWatches(
    async (watch) => {
      const { value, body } = await readLog(db, places, { ...watch, kind: 'read-log', length: 1 }, AbortSignal.timeout(10_000));
      return value.complete || body.length > 0;
    },
    (watch, hint) => followLog(db, places, watch, hint),
    ({ jobId, task, stream }) => notifyLog(db, jobId, task, stream),
    failed,
  );
}

/** Somebody believes that a platform can be reached again, or has changed it. */
async function tryAgain(db: Database, places: Places, payload: string): Promise<void> {
  const { name } = JSON.parse(payload) as { name: string }; // libs/db alone writes it
  const platform = await findPlatform(db, name);
  if (platform) places.retry(platform);
}
