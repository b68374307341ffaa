import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '@kiln/domain';
import { bed, bedsMissing } from '@kiln/testing/bed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';

describe.skipIf(bedsMissing)('courtesy to a login', () => {
  let kiln: Awaited<ReturnType<typeof installation>>;
  let folder: string;
  beforeAll(async () => {
    [kiln, folder] = await Promise.all([installation(), mkdtemp(join(tmpdir(), 'kiln-courtesy-'))]);
    await chmod(folder, 0o777);
    await kiln.worker();
    const env = await bed('sshd');
    const connection = { host: env['SSH_HOST'] ?? '', port: Number(env['SSH_PORT']), user: env['SSH_USER'] ?? '', jumps: [] };
    const enrolment = { kind: 'password', password: env['SSH_PASSWORD'] ?? '' } as const;
    const settings = { limits: { ...DEFAULT_LIMITS, tasks: 3 } };
    // Two platforms, one login: the limit is the login's.
    for (const name of ['one', 'other'])
      await registered(kiln.db, kiln.user.id, { name, kind: 'unix', connection, enrolment, settings, slots: 2 });
    await kiln.connector('polite', {
      'connector.yaml': 'description: Notes when it begins and ends.\nrunsOn: unix\nsweep: { n: [1, 2, 3, 4] }\n',
      'process_payload/main.sh': `#!/bin/sh\necho + >>${folder}/notes\nsleep 0.5\necho - >>${folder}/notes\n`,
    });
  });
  afterAll(async () => {
    await kiln.close();
    await rm(folder, { recursive: true });
  });

  test('never do more tasks run at once than its limit, whoever submitted them', async () => {
    const jobs: number[] = [];
    for (const platform of ['one', 'other', 'one', 'other']) jobs.push(await kiln.submit('polite', platform));
    for (const id of jobs) expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded' });
    const notes = (await readFile(join(folder, 'notes'), 'utf8')).trim().split('\n');
    expect(notes).toHaveLength(32);
    let most = 0;
    notes.reduce((running, note) => {
      most = Math.max(most, running + (note === '+' ? 1 : -1));
      return running + (note === '+' ? 1 : -1);
    }, 0);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
    const waited = (await Promise.all(jobs.map((id) => kiln.events(id)))).flat().filter(({ to }) => to === 'blocked');
    expect(waited.map(({ message }) => message).join('\n')).toContain('3 tasks may run at once there');
  });
});
