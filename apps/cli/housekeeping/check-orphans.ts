import type { Database } from '@kiln/db/connect';
import type { Orphan, OrphanRef, OrphanReport } from '@kiln/domain';
import type { Environment } from '../context.ts';
import { ago, inBytes, many } from '../screen/ago.ts';
import { type Check, ok, sentence, warning } from './check.ts';

/** Milliseconds: workers themselves give a platform two minutes for a look, and a removal four. */
const LOOK = 150_000;
const REMOVAL = 270_000;

/** Who looks for orphans and removes them. */
export interface OrphanHunter {
  find(): Promise<OrphanReport>;
  remove(orphan: OrphanRef): Promise<unknown>;
  close(): Promise<void>;
}

/** A worker, which reaches all platforms. */
export async function askWorkers(db: Database): Promise<OrphanHunter> {
  const { createAsker } = await import('@kiln/db/asks');
  const asker = await createAsker(db);
  return {
    find: async () => (await asker.ask<'find-orphans'>({ kind: 'find-orphans' }, { timeout: LOOK })).answer,
    remove: (orphan) => asker.ask<'remove-orphan'>({ kind: 'remove-orphan', orphan }, { timeout: REMOVAL }),
    close: () => asker.close(),
  };
}

/** This process, which reaches this machine only. */
export async function lookHere(db: Database, home: string, environment: Environment): Promise<OrphanHunter> {
  const [{ findOrphans, removeOrphan }, { rootsHere }] = await Promise.all([import('@kiln/worker/orphans'), import('@kiln/worker/roots')]);
  const roots = rootsHere(home, environment);
  return {
    find: () => findOrphans(db, roots),
    remove: (orphan) => removeOrphan(db, roots, orphan, AbortSignal.timeout(REMOVAL)),
    close: async () => undefined,
  };
}

/** What ended jobs left on platforms; with `fix`, what is surely nobody's any more is removed. */
export async function checkOrphans(hunter: OrphanHunter, fix: boolean, say: (line: string) => void): Promise<readonly Check[]> {
  try {
    say('Looking for what ended jobs left on platforms…');
    const report = await hunter.find();
    const left: Check[] = [];
    const removed: Orphan[] = [];
    for (const orphan of report.orphans) {
      if (fix) say(`Removing ${whereIs(orphan)}…`);
      const problem = fix && orphan.endedAt !== null ? await remove(hunter, orphan) : undefined;
      if (problem === null) removed.push(orphan);
      else left.push(describe(orphan, problem));
    }
    return summary(report, left, removed);
  } finally {
    await hunter.close();
  }
}

/** Null once it is gone, or why it is not. */
async function remove(hunter: OrphanHunter, { platform, kind, root, name }: Orphan): Promise<string | null> {
  try {
    await hunter.remove({ platform, kind, root, name });
    return null;
  } catch (error) {
    return sentence(error);
  }
}

function summary({ troubles }: OrphanReport, left: readonly Check[], removed: readonly Orphan[]): readonly Check[] {
  const unseen = troubles.map(({ platform, message }) =>
    warning('Orphans', `${platform} could not be looked at: ${message}`, `Run \`kiln platform check ${platform}\`.`),
  );
  const gone = removed.map((orphan) => ok('Orphans', `Removed ${whereIs(orphan)}${sizeOf(orphan)}.`));
  const checks = [...gone, ...left, ...unseen];
  return checks.length > 0 ? checks : [ok('Orphans', 'Nothing is left of jobs that have ended.')];
}

function describe(orphan: Orphan, problem: string | null | undefined): Check {
  const running = orphan.processes > 0 ? `, ${many(orphan.processes, 'process').replace(/processs$/, 'processes')} still running` : '';
  const facts = `${whereIs(orphan)}${sizeOf(orphan)}, last changed ${ago(orphan.modifiedAt)}${running}`;
  if (problem) return warning('Orphans', `${facts}: it could not be removed: ${problem}`, 'Try again, or remove it yourself.');
  if (orphan.endedAt === null)
    return warning(
      'Orphans',
      `${facts}: this installation knows no job ${orphan.jobId} of that name.`,
      'Remove it yourself if nobody needs it.',
    );
  return warning('Orphans', `${facts}: job ${orphan.jobId} ended ${ago(orphan.endedAt)}.`, 'Remove it with `kiln doctor --fix`.');
}

function whereIs({ platform, kind, root, name }: Orphan): string {
  return kind === 'machine' ? `the machine ${name} of ${platform}` : `${root}/${name} on ${platform}`;
}

function sizeOf({ bytes }: Orphan): string {
  return bytes === null ? '' : ` (${inBytes(bytes)})`;
}
