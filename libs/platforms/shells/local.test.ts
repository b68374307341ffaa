import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { shellContract } from '../contract/shell-contract.ts';
import { localShell } from './local.ts';

shellContract('the shell of this machine', async (signal) => {
  const directory = await mkdtemp(join(tmpdir(), "kiln shell's "));
  return {
    shell: localShell(process.env, signal),
    directory,
    sh: async (line) => (await promisify(execFile)('sh', ['-c', line])).stdout,
    close: () => rm(directory, { recursive: true }),
  };
});
