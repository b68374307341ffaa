import { join } from 'node:path';
import { startApi } from '@kiln/api/server';
import { openDatabase } from '@kiln/db/connect';
import { pino } from 'pino';

/** The API in a process of its own. usage: api-process.ts DATABASE_URL KILN_HOME PORT */
const [url = '', kilnHome = '', port = ''] = process.argv.slice(2);
await startApi({
  db: openDatabase(url),
  host: '127.0.0.1',
  port: Number(port),
  dashboardDirectory: join(kilnHome, 'dashboard'),
  payloadFolders: [join(kilnHome, 'payloads')],
  kilnHome,
  log: pino({ level: 'warn' }),
  sandbox: false,
});
