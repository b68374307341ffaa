import type { Answerer } from '@kiln/db/asks';
import { findAttempt } from '@kiln/db/attempts';
import type { Database } from '@kiln/db/connect';
import { loadState, loadTask, type StoredState } from '@kiln/db/load-state';
import { findPlatform, type OwnedPlatform } from '@kiln/db/platforms';
import { KnownError, logPath, type Question, type Storage, type Task } from '@kiln/domain';
import { runScripts } from '@kiln/platforms/runner/run-scripts';
import { findFiles } from './find-files.ts';
import { inputLocation } from './input-location.ts';
import type { Keyring } from './keyring.ts';
import type { Following, LogWatches } from './log-watches.ts';
import { lookAtCloud } from './look-at-cloud.ts';
import { listDirectories, readParts } from './many-files.ts';
import { findOrphans, REMOVAL_LIMIT, removeOrphan } from './orphans.ts';
import { outputDirectory, type Places } from './places.ts';
import { answerFiles, MOST_BYTES } from './storage-files.ts';
import { TaskOutputs } from './task-outputs.ts';
import { answerUpload } from './uploads.ts';

const TIME_LIMIT = 30_000;

/** Answers the API's questions about outputs and logs. */
export function createAnswerer(db: Database, places: Places, watches: LogWatches, keyring: Keyring): Answerer {
  async function homeOf(jobId: number, signal: AbortSignal): Promise<Storage> {
    const { job, output } = await known(db, jobId);
    return places.storage(output.storage, outputDirectory(output.path, job), signal);
  }

  async function outputsOf(jobId: number, signal: AbortSignal): Promise<TaskOutputs> {
    return new TaskOutputs(db, places, await known(db, jobId), signal);
  }

  return async (question, given) => {
    const signal = AbortSignal.timeout(TIME_LIMIT);
    switch (question.kind) {
      case 'list-files':
      case 'stat-file':
      case 'read-file':
        return answerFiles(places.storage(await knownStorage(db, question.storage), '', signal), question);
      case 'begin-upload':
      case 'add-to-upload':
      case 'end-upload':
        return answerUpload(db, places, await knownStorage(db, question.storage), question, given);
      case 'check-output':
        await places.storage(await knownStorage(db, question.storage), '', signal).probe(question.path);
        return { value: null };
      case 'check-input': {
        const { ownerId, storage, path } = question;
        const wanted = { ownerId, storage, path, platform: await knownStorage(db, storage) };
        const { names } = await inputLocation(db, places, wanted, signal).look();
        return { value: { count: names.length, first: names.slice(0, 10) } };
      }
      case 'list-outputs':
        return { value: await (await outputsOf(question.jobId, signal)).list(question.path) };
      case 'find-outputs':
        return { value: await findFiles(await homeOf(question.jobId, signal), question.directories, question.pattern) };
      case 'stat-output':
        return { value: await (await outputsOf(question.jobId, signal)).stat(question.path) };
      case 'read-output': {
        const { path, offset, length } = question;
        return { value: null, body: await (await outputsOf(question.jobId, signal)).read(path, offset, Math.min(length, MOST_BYTES)) };
      }
      case 'list-directories':
        return { value: await listDirectories(await homeOf(question.jobId, signal), question.paths) };
      case 'read-parts':
        return { value: null, body: await readParts(await homeOf(question.jobId, signal), question.parts, MOST_BYTES) };
      case 'run-scripts':
        return { value: runScripts() };
      case 'read-log':
        return readLog(db, places, question, signal);
      case 'watch-log':
        watches.add(question);
        return { value: null };
      case 'look-at-cloud':
        return { value: await lookAtCloud(db, keyring, question.cloud, given, signal) };
      case 'find-orphans':
        return { value: await findOrphans(db, places) };
      case 'remove-orphan':
        return { value: await removeOrphan(db, places, question.orphan, AbortSignal.timeout(REMOVAL_LIMIT)) };
    }
  };
}

type ReadLog = Extract<Question, { kind: 'read-log' }>;

/** From home once the task's results are there, else from its node. */
export async function readLog(db: Database, places: Places, question: ReadLog, signal: AbortSignal) {
  const stored = await known(db, question.jobId);
  const before = await knownTask(db, question);
  const attempt = question.attempt ?? before.attempt;
  if (attempt !== before.attempt) return readEarlier(before);
  const final = before.collected || isFinal(before);
  const body = await bytesOf(stored, before, places, question, signal);
  const after = body.length > 0 || before.collected ? before : await knownTask(db, question);
  if (after.attempt !== attempt) return readEarlier(after);
  if (after.collected && !before.collected) return readAgain();
  return { value: { complete: final && body.length < question.length }, body };

  /** The results went home between the two looks. */
  async function readAgain() {
    const home = await bytesOf(stored, after, places, question, signal);
    return { value: { complete: home.length < question.length }, body: home };
  }

  /** An attempt that was followed by another: its logs are home, or nowhere. */
  async function readEarlier(present: Task) {
    if (attempt > present.attempt) throw new KnownError('NOT_FOUND', `Task ${present.number} had no attempt ${attempt} so far.`);
    const kept = await findAttempt(db, { jobId: question.jobId, number: present.number }, attempt);
    const home = kept?.collected
      ? await bytesOf(stored, { ...present, attempt, collected: true }, places, question, signal)
      : new Uint8Array();
    return { value: { complete: home.length < question.length }, body: home };
  }
}

/** On another machine a log is followed and seldom looked at; on this one a look costs nothing. */
export async function followLog(
  db: Database,
  places: Places,
  watch: Omit<ReadLog, 'kind' | 'length'>,
  hint: () => void,
): Promise<Following> {
  const { job, nodes, platform } = await known(db, watch.jobId);
  const task = await knownTask(db, watch);
  const node = nodes.find(({ name }) => name === task.node);
  const attempt = watch.attempt ?? task.attempt;
  if (platform.provider === 'local' || !node || task.collected || attempt !== task.attempt) return { period: 300, stop: () => {} };
  const site = places.site(platform, new AbortController().signal);
  return { period: 3000, stop: site.follow(job, node, logPath(task.number, attempt, watch.stream), hint) };
}

async function bytesOf({ job, output, nodes, platform }: StoredState, task: Task, places: Places, question: ReadLog, signal: AbortSignal) {
  const path = logPath(task.number, task.attempt, question.stream);
  const length = Math.min(question.length, MOST_BYTES);
  if (task.collected)
    return readHome(places.storage(output.storage, outputDirectory(output.path, job), signal), path, question.offset, length);
  const node = nodes.find(({ name }) => name === task.node);
  if (!node || node.state === 'destroyed') return new Uint8Array();
  return places.site(platform, signal).read(job, node, path, question.offset, length);
}

/** A log that its task never wrote, or that somebody removed, is an empty log. */
async function readHome(storage: Storage, path: string, offset: number, length: number): Promise<Uint8Array> {
  try {
    const from = offset < 0 ? Math.max(0, (await storage.stat(path)).size + offset) : offset;
    return await storage.read(path, from, length);
  } catch (error) {
    if (error instanceof KnownError && error.code === 'NOT_FOUND') return new Uint8Array();
    throw error;
  }
}

export function isFinal({ state }: Task): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

async function known(db: Database, jobId: number): Promise<StoredState> {
  const stored = await loadState(db, jobId);
  if (!stored) throw new KnownError('NOT_FOUND', `There is no job ${jobId}.`);
  return stored;
}

async function knownStorage(db: Database, name: string): Promise<OwnedPlatform> {
  const platform = await findPlatform(db, name);
  if (!platform) throw new KnownError('PLATFORM_UNAVAILABLE', `There is no storage '${name}' any more; choose another one.`);
  return platform;
}

async function knownTask(db: Database, { jobId, task }: { jobId: number; task: number }): Promise<Task> {
  const found = await loadTask(db, jobId, task);
  if (!found) throw new KnownError('NOT_FOUND', `Job ${jobId} has no task ${task}.`);
  return found;
}
