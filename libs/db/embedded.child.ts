// Run by embedded.test.ts: holds a server of the directory given until standard input ends.
import { once } from 'node:events';
import { startEmbedded } from './embedded.ts';

const [directory = ''] = process.argv.slice(2);
const server = await startEmbedded(directory);
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
await server.stop();
