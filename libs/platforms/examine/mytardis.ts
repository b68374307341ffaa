import { type CuratorAddress, type CuratorKey, type Finding, KnownError, type PlatformFacts } from '@kiln/domain';
import { z } from 'zod';
import { Api } from '../curators/mytardis/api.ts';
import type { Examined } from './examine.ts';

export interface CuratorExamination {
  readonly address: CuratorAddress;
  readonly key: CuratorKey;
  readonly report: (findings: readonly Finding[]) => Promise<void>;
  /** Stores the key, once it is known to open. */
  readonly keep: (key: CuratorKey) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Looks whether a MyTardis answers, lets the user in, and lets it make experiments. Its API does not tell its version. */
export async function examineCurator({ address, key, report, keep, signal }: CuratorExamination): Promise<Examined> {
  const findings: Finding[] = [];
  const found = async (finding: Finding) => {
    signal.throwIfAborted();
    findings.push(finding);
    await report(findings);
  };
  const api = new Api({ address, key, signal, silence: 30_000 });
  let step = 'Connection';
  try {
    await seesApi(api);
    await found({ name: step, status: 'ok', message: `The API of a MyTardis (version 1) answers at ${address.url}.` });
    step = 'Login';
    for await (const _one of api.list('user', { username: address.user }, z.object({ id: z.number().nullish() }))) break;
    await found({ name: step, status: 'ok', message: `${address.user} is let in.` });
    await keep(key);
    step = 'Experiments';
    await found(await triesOut(api));
    const facts: PlatformFacts = { home: '', root: address.url, cores: 0, scheduler: null };
    return { ready: true, findings, facts, hostKeys: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KnownError)) throw error;
    await found({ name: step, status: 'failed', message: error.message });
    return { ready: false, findings, facts: null, hostKeys: null };
  }
}

const listing = z.object({ experiment: z.object({}), dataset: z.object({}), dataset_file: z.object({}) });

async function seesApi(api: Api): Promise<void> {
  api.read(await api.exchange('GET', ''), 'listing what it has', 200, listing);
}

const PROBE = 'Kiln was here';

/** Only by making an experiment can be seen whether that is allowed. One that stays, since it may not be removed, is not made twice. */
async function triesOut(api: Api): Promise<Finding> {
  const stays = `The experiment "${PROBE}" stays: experiments cannot be removed.`;
  const shape = z.object({ id: z.number() });
  for await (const _one of api.list('experiment', { title: PROBE }, shape))
    return { name: 'Experiments', status: 'ok', message: `Experiments can be made. ${stays}` };
  const id = await api.create(
    'experiment',
    { title: PROBE, description: 'A trial of Kiln, which may be removed.' },
    'making an experiment',
  );
  const { status } = await api.exchange('DELETE', `experiment/${id}/`).catch((error) => {
    if (error instanceof KnownError && error.code === 'LOGIN_REFUSED') return { status: 401 };
    throw error;
  });
  if (status === 204) return { name: 'Experiments', status: 'ok', message: 'Experiments can be made.' };
  return { name: 'Experiments', status: 'warning', message: `Experiments can be made. ${stays}` };
}
