import type { Measured } from '@kiln/db/measure';
import { JOB_STATUSES, PLATFORM_STATES, STAGES, TASK_STATES } from '@kiln/domain';
import { Gauge, Registry } from 'prom-client';

/** Made anew each time: of what is gone, nothing stays. What has a fixed list of states is told for each of them, be it 0. */
export function gaugesOf(measured: Measured): Registry {
  const register = new Registry();
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name, help, labelNames, registers: [register] });
  addRented(gauge, measured);
  addJobs(gauge, measured);
  addPlaces(gauge, measured);
  return register;
}

type MakeGauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) => Gauge<L>;

const OWNER = ['platform', 'user'] as const;

function addRented(gauge: MakeGauge, { rented }: Measured): void {
  const machines = gauge('kiln_rented_machines', 'Machines rented in clouds now, by who owns the platform.', [...OWNER, 'state']);
  const price = gauge(
    'kiln_rented_price_per_hour',
    'What the rented machines whose price is known cost an hour, in whatever currency.',
    OWNER,
  );
  const unpriced = gauge('kiln_rented_machines_without_price', 'Rented machines whose price nobody has said.', OWNER);
  const age = gauge('kiln_rented_machine_age_seconds', 'Age of the rented machine that has been there longest.', OWNER);
  const listed = gauge('kiln_rented_listed_age_seconds', 'Time since the cloud last told what is rented there.', OWNER);
  for (const { platform, user, ...there } of rented) {
    const labels = { platform, user };
    for (const state of ['coming', 'up', 'failed'] as const) machines.set({ ...labels, state }, there[state]);
    price.set(labels, there.pricePerHour);
    unpriced.set(labels, there.withoutPrice);
    age.set(labels, there.age);
    listed.set(labels, there.listed);
  }
}

function addJobs(gauge: MakeGauge, measured: Measured): void {
  const jobs = gauge('kiln_jobs', 'Jobs by status and stage, those that have ended too.', ['status', 'stage']);
  for (const status of JOB_STATUSES) for (const stage of STAGES) jobs.set({ status, stage }, 0);
  for (const { status, stage, jobs: count } of measured.jobs) jobs.set({ status, stage }, count);

  const tasks = gauge('kiln_tasks', 'Tasks by state, of jobs that have not ended.', ['state']);
  for (const state of TASK_STATES) tasks.set({ state }, 0);
  for (const { state, tasks: count } of measured.tasks) tasks.set({ state }, count);

  const waiting = 'How long the first of the jobs that wait for their turn has waited; 0 if none does.';
  gauge('kiln_waiting_job_age_seconds', waiting, []).set(measured.waiting);
  const blocked = gauge('kiln_blocked_jobs', 'Jobs that wait for trouble to pass, by the code of the trouble.', ['code']);
  const since = gauge('kiln_blocked_job_age_seconds', 'How long the job that has been blocked longest has been so.', ['code']);
  for (const { code, jobs: count, age } of measured.blocked) {
    blocked.set({ code }, count);
    since.set({ code }, age);
  }
}

function addPlaces(gauge: MakeGauge, measured: Measured): void {
  const platforms = gauge('kiln_platforms', 'Registered platforms by state.', ['state']);
  for (const state of PLATFORM_STATES) platforms.set({ state }, 0);
  for (const { state, platforms: count } of measured.platforms) platforms.set({ state }, count);
  gauge('kiln_workers', 'Workers that are alive.', []).set(measured.workers);
}
