import { loadIterations } from '@kiln/db/load-state';
import { addActions, addIteration } from './add-actions.ts';
import { addConnector, keptConnector } from './add-connector.ts';
import { addInputs } from './add-inputs.ts';
import { addLogs } from './add-logs.ts';
import { addPlaces } from './add-places.ts';
import { addRecord } from './add-record.ts';
import { addRunAgain } from './add-run-again.ts';
import { addTasks } from './add-tasks.ts';
import type { Crate } from './crate.ts';
import type { Reference } from './graph.ts';
import { addRoot, type License } from './root.ts';
import { Slots } from './slots.ts';
import { iterationsOf } from './task-pages.ts';

/** Puts a job into a crate, but for the description of it all, which is complete then. */
export async function writeCrate(crate: Crate, outputs: boolean, license: License): Promise<void> {
  const connector = await keptConnector(crate);
  const slots = new Slots(crate);
  const shared: Record<string, Reference> = {};
  for (const [name, value] of Object.entries(crate.parameters)) shared[name] = await slots.value('input', 'job', name, value);

  await addRunAgain(crate, connector, await addInputs(crate));
  const records = await loadIterations(crate.db, crate.job.id);
  const values: Reference[] = [];
  const left: Reference[] = [];
  const iterations: Reference[] = [];
  for (const iteration of iterationsOf(crate.job)) {
    const added = await addTasks(crate, iteration, { tool: connector.tool, slots, shared, outputs });
    values.push(...added.values);
    if (added.output) left.push(added.output);
    const record = records.find((one) => one.iteration === iteration);
    if (added.runs.length > 0) iterations.push(await addIteration(crate, iteration, added, record));
  }
  crate.parts.push(...left, await crate.directory('values', values));
  await addActions(crate, { workflow: connector.workflow, shared: Object.values(shared), outputs: left, iterations });
  await addLogs(crate, outputs);
  await addRecord(crate, records);
  await addConnector(crate, connector, slots);
  await addPlaces(crate);
  await addRoot(crate, connector.workflow, license);
}
