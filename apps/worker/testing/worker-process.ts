import { openDatabase } from '@kiln/db/connect';
import { pino } from 'pino';
import { startWorker } from '../worker.ts';

/** A worker in a process of its own, for tests that kill it. usage: worker-process.ts DATABASE_URL KILN_HOME */
const [url = '', kilnHome = ''] = process.argv.slice(2);
await startWorker({
  db: openDatabase(url, { max: 12 }),
  kilnHome,
  log: pino({ level: 'warn' }),
  environment: process.env,
  concurrency: 6,
  heartbeat: { period: 200, deadline: 1500 },
});
