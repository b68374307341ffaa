import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KnownError } from '@kiln/domain';
import { localStorage } from '@kiln/platforms/files/local';
import { localShell } from '@kiln/platforms/shells/local';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Places } from './places.ts';
import { TaskOutputs } from './task-outputs.ts';
import { installation } from './testing/installation.ts';

let kiln: Awaited<ReturnType<typeof installation>>;
let job: number;
beforeAll(async () => {
  kiln = await installation();
  await kiln.worker();
  await kiln.connector('waits', {
    'connector.yaml': 'description: Waits.\nrunsOn: unix\n',
    'process_payload/main.sh': '#!/bin/sh\nwhile [ ! -e "$KILN_JOB_DIRECTORY/go" ]; do sleep 0.1; done\n',
  });
  job = await kiln.submit('waits', 'local');
  await mkdir(join(kiln.home, `outputs/waits${job}/output_0/1`), { recursive: true });
  await writeFile(join(kiln.home, `outputs/waits${job}/output_0/1/n`), 'home');
});
afterAll(async () => {
  await writeFile(join(kiln.home, `scratch/waits${job}/go`), '');
  await kiln.ended(job);
  await kiln.close();
});

/** The outputs of the job, whose task runs on a node where `look` is what comes of every look. */
async function seenWith(look: () => Promise<never> | Promise<null>): Promise<TaskOutputs> {
  const state = await kiln.until(job, ({ counts }) => counts.running === 1);
  const files = { list: look, stat: look as () => Promise<never>, read: look as () => Promise<never> };
  // what else there is of a site and of places is not asked for
  const places = {
    site: () => ({ files: () => files }),
    storage: (_platform: unknown, path: string) => localStorage(join(kiln.home, 'outputs', path), localShell(process.env)),
  } as unknown as Places;
  return new TaskOutputs(kiln.db, places, state, new AbortController().signal);
}

test('what has gone home between two looks is shown from there', async () => {
  const outputs = await seenWith(() => Promise.reject(new KnownError('NOT_FOUND', 'There is no file.')));
  expect(String(await outputs.read('output_0/1/n', 1, 2))).toBe('om');
  expect(await outputs.stat('output_0/1/n')).toMatchObject({ name: 'n', size: 4 });
  expect((await outputs.list('output_0/1')).map(({ name, node }) => [name, node])).toEqual([['n', undefined]]);
});

test('a node where nobody can look now is named, and so is the task', async () => {
  const away = new KnownError('PLATFORM_UNAVAILABLE', 'The host does not answer.', { retryable: true });
  const outputs = await seenWith(() => Promise.reject(away));
  const message = 'What task 1 has left so far is on local, where nobody can look now. The host does not answer.';
  await expect(outputs.list('output_0/1')).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE', message });
  await expect(outputs.read('output_0/1/n', 0, 9)).rejects.toMatchObject({ message });
  expect(await outputs.list('output_0')).toMatchObject([{ name: '1', node: 'local' }]); // nobody has to look for that
});

test('a directory of very many files is not listed on its node', async () => {
  const outputs = await seenWith(async () => null);
  await expect(outputs.list('output_0/1')).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('more than 10000'),
  });
});
