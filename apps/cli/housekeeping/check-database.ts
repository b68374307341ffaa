import type { Database } from '@kiln/db/connect';
import { ago, many, took } from '../screen/ago.ts';
import { type Check, failed, ok, warning } from './check.ts';

/** Milliseconds. */
const CLOCKS_APART = 5000;
const DAY = 24 * 60 * 60 * 1000;
/** Names told at most. */
const MOST = 5;

const health = () => import('@kiln/db/health');

export async function checkServer(db: Database): Promise<readonly Check[]> {
  const { version, ahead } = await (await health()).serverOf(db);
  const apart = Math.abs(ahead);
  const clock = `The clocks of this machine and the database are ${took(apart)} apart.`;
  return [
    ok('Database', `PostgreSQL ${version} answers.`),
    apart > CLOCKS_APART ? warning('Clock', clock, 'Let both machines take their time from the network (NTP).') : ok('Clock', clock),
  ];
}

/** Nothing else of the database can be looked at while the migrations are not applied. */
export async function checkMigrations(db: Database): Promise<Check> {
  const { shipped, missing, unknown } = await (await health()).migrationsOf(db);
  if (unknown > 0)
    return failed(
      'Migrations',
      'The database was used by a newer Kiln than this one.',
      'Install that one, or a later one, and do not start this one.',
    );
  if (missing.length === 0) return ok('Migrations', `All ${shipped} are applied.`);
  const message = `${many(missing.length, 'migration')} not applied: ${missing.join(', ')}.`;
  return failed('Migrations', message, 'Make a backup, and start Kiln: it applies them.');
}

export async function checkEvents(db: Database): Promise<Check> {
  const { counter, newest } = await (await health()).eventNumbers(db);
  if (counter === newest) return ok('Events', `Their numbers end with ${counter}, as they should.`);
  return failed(
    'Events',
    `The newest event is ${newest}, and the counter stands at ${counter}.`,
    'Events were removed or added by hand, or lost: restore a backup, or report a bug if nobody touched them.',
  );
}

export async function checkWorkers(db: Database): Promise<Check> {
  const beats = await (await health()).workerBeats(db);
  const alive = beats.filter((beat) => beat.alive);
  if (alive.length === 0)
    return warning('Workers', 'No worker runs: jobs do not go on.', 'Start Kiln with `kiln up`, or a worker with `kiln worker`.');
  const told = alive.map(({ host, pid, silent }) => `${pid} on ${host} (heard ${took(silent * 1000)} ago)`);
  return ok('Workers', `${many(alive.length, 'worker')}: ${told.join(', ')}.`);
}

/** While no worker runs, nothing can be said of who holds what. */
export async function checkQueue(db: Database): Promise<readonly Check[]> {
  const { forgotten, heldByTheDead, failing } = await (await health()).queueHealth(db);
  const checks: Check[] = [];
  const bySelf = 'A worker mends it by itself within a minute; if it does not, look into its log.';
  if (forgotten.length > 0) checks.push(warning('Queue', `Nothing would advance ${jobsNamed(forgotten)}.`, bySelf));
  if (heldByTheDead.length > 0) checks.push(warning('Queue', `Dead workers hold ${some(heldByTheDead)}.`, bySelf));
  for (const { key, attempts, error } of failing.slice(0, MOST))
    checks.push(
      failed('Queue', `${key} failed ${attempts} times: ${firstLine(error)}`, 'It is a bug: report it with the log of the worker.'),
    );
  return checks.length > 0 ? checks : [ok('Queue', 'Every live job will be advanced.')];
}

export async function checkBlocked(db: Database): Promise<readonly Check[]> {
  const blocked = await (await health()).longBlocked(db, DAY);
  if (blocked.length === 0) return [ok('Blocked jobs', 'None has waited for more than a day.')];
  return blocked.map(({ id, connector, since, message }) =>
    warning(
      'Blocked jobs',
      `Job ${id} (${connector}) has been blocked since ${ago(since)}: ${message}`,
      `Mend that, or end the job with \`kiln cancel ${id}\`.`,
    ),
  );
}

export async function checkConnectors(db: Database): Promise<readonly Check[]> {
  const broken = await (await health()).brokenConnectors(db);
  if (broken.length === 0) return [ok('Connectors', 'All that are in use are sound.')];
  return broken.map(({ name, problem }) =>
    warning(
      'Connectors',
      `${name} is broken: ${firstLine(problem ?? '')}`,
      `Mend its folder; \`kiln connector check ${name}\` tells whether you have.`,
    ),
  );
}

export async function checkPlatforms(db: Database): Promise<readonly Check[]> {
  const platforms = await (await health()).platformsHealth(db);
  return platforms.map(({ name, state, checkedAt, findings }) => {
    const title = `Platform ${name}`;
    if (state === 'ready') return ok(title, checkedAt ? `It was ready when it was checked ${ago(checkedAt)}.` : 'It is ready.');
    if (state === 'checking') return warning(title, 'It is being checked.', 'Look again in a minute.');
    const why = findings.filter(({ status }) => status === 'failed').map(({ name: what, message }) => `${what}: ${message}`);
    return failed(title, why.join(' ') || 'Its last check did not end well.', `Mend that, and run \`kiln platform check ${name}\`.`);
  });
}

function jobsNamed(ids: readonly number[]): string {
  return `${ids.length === 1 ? 'job' : 'jobs'} ${some(ids.map(String))}`;
}

function some(names: readonly string[]): string {
  return names.length > MOST ? `${names.slice(0, MOST).join(', ')} and ${names.length - MOST} more` : names.join(', ');
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
