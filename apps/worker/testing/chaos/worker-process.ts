import { openDatabase } from '@kiln/db/connect';
import { pino } from 'pino';
import { startWorker } from '../../worker.ts';
import { observer } from './points.ts';

/** A worker that can be killed at points. usage: worker-process.ts DATABASE_URL KILN_HOME DIRECTORY; see `observer` of the directory. */
const [url = '', kilnHome = '', directory = ''] = process.argv.slice(2);
await startWorker({
  db: openDatabase(url, { max: 16 }),
  kilnHome,
  log: pino({ level: 'warn' }),
  environment: process.env,
  concurrency: 6,
  heartbeat: { period: 200, deadline: 1500 },
  reaping: 1000,
  observer: observer(directory),
});
