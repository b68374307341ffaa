import { bedsMissing, loginNode } from '@kiln/testing/bed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';

describe.skipIf(bedsMissing)('registered platforms', () => {
  let here: Awaited<ReturnType<typeof installation>>;
  let login: Awaited<ReturnType<typeof loginNode>>;
  beforeAll(async () => {
    [here, login] = await Promise.all([installation(), loginNode()]);
    await here.worker();
    await here.connector('echo', {
      'connector.yaml': 'description: Says what it got.\nrunsOn: unix\nsweep: { word: [a, "b c", "$(id)"] }\n',
      'process_payload/main.sh': '#!/bin/sh\nprintf %s "$word" >"$2/word"\necho said\n',
    });
  });
  afterAll(() => here.close());

  test.each(['unix', 'slurm', 'sge'] as const)('a job runs on %s', async (kind) => {
    const { ssh } = login;
    const platform = await registered(here.db, here.user.id, {
      name: `bed-${kind}`,
      kind,
      connection: { host: ssh['SSH_HOST'] ?? '', port: Number(ssh['SSH_PORT']), user: ssh['SSH_USER'] ?? '', jumps: [] },
      enrolment: { kind: 'password', password: ssh['SSH_PASSWORD'] ?? '' },
    });
    console.log(platform.findings.map((f) => `${f.status} ${f.name}: ${f.message}`).join('\n'));
    expect(platform.state).toBe('ready');
    const t = Date.now();
    const jobId = await here.submit('echo', platform.name);
    const timer = setInterval(async () => {
      const e = await here.events(jobId);
      console.log(JSON.stringify(e.at(-1)));
    }, 4000);
    const { job } = await here.ended(jobId);
    clearInterval(timer);
    console.log(Date.now() - t, job.ending);
    expect(job.status).toBe('succeeded');
    expect(await here.output(`echo${jobId}/output/3/word`)).toBe('$(id)');
  });
});
