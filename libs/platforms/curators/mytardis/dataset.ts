import { setTimeout as pause } from 'node:timers/promises';
import { type Curated, type CuratedFile, KnownError, type NewDataset } from '@kiln/domain';
import { z } from 'zod';
import type { Api } from './api.ts';
import { fileForm, type Sums, sumsOf } from './form.ts';
import type { Publisher } from './mytardis.ts';
import { addSets, asRecords, setsShape } from './parameter-sets.ts';
import { refused } from './trouble.ts';

const datasetShape = z.object({ id: z.number(), description: z.string(), parameter_sets: setsShape });
const fileShape = z.object({
  id: z.number(),
  filename: z.string(),
  directory: z.string().nullish(),
  size: z.union([z.string(), z.number()]).nullish(),
  md5sum: z.string().nullish(),
  sha512sum: z.string().nullish(),
  replicas: z.array(z.object({ verified: z.boolean() })).nullish(),
});
type Stored = z.infer<typeof fileShape>;

/** Makes a dataset and sends the files of it that are not there; resolves when MyTardis has verified all of them. */
export async function sendDataset(
  api: Api,
  publisher: Publisher,
  experiment: number,
  dataset: NewDataset,
): Promise<Omit<Curated, 'unknown'>> {
  const { id, description, isNew } = await openDataset(api, publisher, experiment, dataset);
  const before = isNew ? new Map<string, Stored>() : await storedIn(api, id);
  const leftOut: string[] = [];
  const sent: { readonly file: CuratedFile; readonly sums: Sums }[] = [];
  for (const file of dataset.files) {
    const refusal = unfit(api, file) ?? (await sendFile(api, id, file, before.get(pathOf(file)), sent));
    if (refusal) leftOut.push(`${description}/${pathOf(file)} ${refusal}`);
  }
  const changed = await verified(api, id, description, sent);
  leftOut.push(...changed.map((file) => `${description}/${pathOf(file)} is in MyTardis with another content, which stays.`));
  const there = sent.filter(({ file }) => !changed.includes(file));
  return { files: there.length, bytes: there.reduce((sum, { file }) => sum + file.size, 0), leftOut };
}

/** In an experiment that others use, too, names tell whose dataset it is. */
async function openDataset(
  api: Api,
  { tag, label }: Publisher,
  experiment: number,
  { name, parameterSets }: NewDataset,
): Promise<{ id: number; description: string; isNew: boolean }> {
  const own = await api.find('experiment', experiment, z.object({ description: z.string().nullish() }));
  const description = own?.description?.includes(`[${tag}]`) ? name : `${label}/${name}`;
  for await (const found of api.list('dataset', { experiments__id: String(experiment), description }, datasetShape)) {
    await addSets(api, 'dataset', found.id, parameterSets, found.parameter_sets);
    return { id: found.id, description, isNew: false };
  }
  const record = {
    description,
    experiments: [`/api/v1/experiment/${experiment}/`],
    immutable: false,
    parameter_sets: asRecords(parameterSets),
  };
  return { id: await api.create('dataset', record, `making the dataset ${description}`), description, isNew: true };
}

/** Why a file is not even tried. MyTardis cannot verify what is empty. */
function unfit({ address }: Api, { size }: CuratedFile): string | null {
  if (size === 0) return 'is empty.';
  return size > address.largestFile * 1024 * 1024 ? `has more than the ${address.largestFile} MiB that a file may have.` : null;
}

/** Notes a file that is there, afterwards or already; or says why it is not. */
async function sendFile(
  api: Api,
  dataset: number,
  file: CuratedFile,
  before: Stored | undefined,
  sent: { file: CuratedFile; sums: Sums }[],
): Promise<string | null> {
  if (before) {
    sent.push({ file, sums: await sumsOf(file) });
    return null;
  }
  const { body, type, length, sums } = fileForm(dataset, file);
  const answer = await api.upload(body, type, length);
  if (answer.status === 413) return 'is larger than MyTardis takes.';
  // 409: somebody sent it a moment ago, or an answer was lost; what is there is looked at.
  if (answer.status !== 201 && answer.status !== 409) throw refused(api.address, answer, `the file ${pathOf(file)}`);
  sent.push({ file, sums: answer.status === 409 ? await sumsOf(file) : sums() });
  return null;
}

/** Pauses between looks, in milliseconds: MyTardis verifies in the background. */
const LOOKS = [0, 100, 400, 1000, 2000, 4000, 8000];

/** Resolves with what is there but differs, once all the rest is verified. @throws KnownError PLATFORM_BUSY, retryable */
async function verified(
  api: Api,
  dataset: number,
  description: string,
  sent: readonly { file: CuratedFile; sums: Sums }[],
): Promise<readonly CuratedFile[]> {
  if (sent.length === 0) return [];
  let open: readonly string[] = [];
  for (const [look, rest] of LOOKS.entries()) {
    if (rest > 0) await pause(rest, null, { signal: api.signal });
    const stored = await storedIn(api, dataset);
    const seen = sent.map(({ file, sums }) => ({ path: pathOf(file), stored: stored.get(pathOf(file)), file, sums }));
    const gone = seen.find((one) => !one.stored);
    if (gone)
      throw new KnownError('CURATOR_REFUSED', `${description}/${gone.path} is not in MyTardis after it was sent.`, { retryable: true });
    const differing = seen.filter((one) => one.stored && differs(one.stored, one.file, one.sums));
    const waiting = seen.filter((one) => one.stored && !differing.includes(one) && !isVerified(one.stored));
    if (waiting.length === 0) return differing.map(({ file }) => file);
    if (look === 0) for (const { stored: one } of waiting) if (one) await api.exchange('GET', `dataset_file/${one.id}/verify/`); // older ones do not know it
    open = waiting.map(({ path }) => path);
  }
  const message = `MyTardis has not verified ${open.length} of ${sent.length} files of ${description} yet, such as ${open[0]}.`;
  throw new KnownError('PLATFORM_BUSY', message, { retryable: true });
}

function differs({ size, md5sum, sha512sum }: Stored, file: CuratedFile, sums: Sums): boolean {
  return Number(size) !== file.size || (md5sum || sums.md5sum) !== sums.md5sum || (sha512sum || sums.sha512sum) !== sums.sha512sum;
}

const isVerified = ({ replicas }: Stored): boolean => (replicas ?? []).some((replica) => replica.verified);

async function storedIn(api: Api, dataset: number): Promise<Map<string, Stored>> {
  const found = new Map<string, Stored>();
  for await (const one of api.list('dataset_file', { dataset__id: String(dataset) }, fileShape))
    found.set(pathOf({ directory: one.directory ?? '', name: one.filename }), one);
  return found;
}

function pathOf({ directory, name }: Pick<CuratedFile, 'directory' | 'name'>): string {
  return directory === '' ? name : `${directory}/${name}`;
}
