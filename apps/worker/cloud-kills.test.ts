import { machinesMissing } from '@kiln/testing/bed';
import { expect, test } from 'vitest';
import { chaosInCloud } from './testing/chaos/sky-run.ts';

/** `npm run chaos -- --cloud` sets these. */
const KILLS = Number(process.env['KILN_CHAOS_ANY'] ?? 100);
const SEED = Number(process.env['KILN_CHAOS_SEED'] ?? 1);
/** Without a limit that somebody chose, the kills count and not the time. */
const LIMIT = process.env['KILN_CHAOS_MINUTES'];
const MINUTES = Number(LIMIT ?? 15);

test.skipIf(machinesMissing)(
  `${KILLS} kills of workers and the API while machines come and go leave nothing in the cloud and lose no task (seed ${SEED})`,
  { timeout: (MINUTES + 8) * 60_000 },
  async () => {
    const keep = process.env['KILN_CHAOS_KEEP'] ?? null;
    const say = (line: string) => console.error(`seed ${SEED}: ${line}`);
    const found = await chaosInCloud({ kills: KILLS, seed: SEED, minutes: MINUTES, keep, say });
    expect(found.wrong).toEqual([]);
    if (LIMIT === undefined) expect(found.kills).toBeGreaterThanOrEqual(KILLS);
  },
);
