import { randomUUID } from 'node:crypto';
import { join } from 'node:path/posix';
import { type Inlet, KnownError, type TaskInput, type Value } from '@kiln/domain';
import { receiving } from './direct/trees.ts';
import { type JobOnNode, LONG } from './job-on-node.ts';
import { taskFiles } from './runner/task-files.ts';
import { Tally } from './tally.ts';

const STAGE_IN = 'Tasks could not be set up';
const BRING = 'The input files of the iteration could not be set up';

/** Makes the directories of tasks. Nothing is touched if the wave was launched: they may be at work. */
export async function stageIn(
  there: JobOnNode,
  tasks: readonly TaskInput[],
  parameters: Readonly<Record<string, Value>>,
  wave: string,
): Promise<void> {
  const archive = taskFiles(tasks, parameters, wave, tasks.map(renewLine).join(''));
  const answer = await there.fill(wave, tasks.length, archive, STAGE_IN);
  if (answer === '' || answer === 'launched') return;
  throw new KnownError('INTERNAL', `${STAGE_IN} on ${there.name}: the input set “${setIn(answer)}” is not there.`);
}

/** Brings input sets to where `stageIn` finds them: all of them, as they were sent, or none. Those that are there already stay. */
export function bring(there: JobOnNode, iteration: number, archive: AsyncIterable<Uint8Array>, size: number): Promise<void> {
  return accept(there, iteration, size, async (directory) => {
    const tally = new Tally();
    await there.unpack(directory, tally.over(archive), BRING);
    return tally.text();
  });
}

/** The same from another machine. */
export function bringInlet(there: JobOnNode, iteration: number, size: number): Inlet {
  return {
    take: ({ carry, sent }) =>
      accept(there, iteration, size, async (directory) => {
        const hidden = join(there.directory, directory);
        await carry(receiving(hidden), hidden);
        return (await sent()).trim();
      }),
  };
}

/** `fill` unpacks into a directory that nobody sees, and resolves with what that must come to. */
async function accept(there: JobOnNode, iteration: number, size: number, fill: (directory: string) => Promise<string>): Promise<void> {
  const names = [String(iteration), randomUUID()];
  const directory = (await there.ask(['expect', ...names, String(size)], BRING)).trim();
  if (!directory) return;
  await there.ask(['accept', ...names, await fill(directory)], BRING, { timeout: LONG });
}

function renewLine({ iteration, number, attempt, input }: TaskInput): string {
  return `${[iteration, number, attempt, ...(input === null ? [] : [`./${safe(input)}/.`])].join(' ')}\n`;
}

/** @throws KnownError CONNECTOR_CODE if it is no name of one directory */
function safe(set: string): string {
  if (set !== '' && set !== '.' && set !== '..' && !/[/\0\n]/.test(set)) return set;
  throw new KnownError('CONNECTOR_CODE', `“${set}” cannot be the name of an input set.`);
}

/** Of `missing ./NAME/.`. */
function setIn(answer: string): string {
  return answer.replace(/^missing \.\//, '').replace(/\/\.$/, '');
}
