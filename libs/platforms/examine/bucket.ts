import { text } from 'node:stream/consumers';
import { type AccessKey, type Bucket, type Finding, KnownError, type PlatformFacts } from '@kiln/domain';
import { hiddenName } from '../files/hidden.ts';
import { clientOf } from '../files/s3/client.ts';
import { Objects } from '../files/s3/objects.ts';
import type { Examined } from './examine.ts';

export interface BucketExamination {
  readonly bucket: Bucket;
  readonly key: AccessKey;
  readonly report: (findings: readonly Finding[]) => Promise<void>;
  /** Stores the key, once the bucket is known to open with it. */
  readonly keep: (key: AccessKey) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Opens a bucket and does what jobs will do there: list, write, read and remove. What room it has, services do not say. */
export async function examineBucket({ bucket, key, report, keep, signal }: BucketExamination): Promise<Examined> {
  const findings: Finding[] = [];
  const found = async (finding: Finding) => {
    signal.throwIfAborted();
    findings.push(finding);
    await report(findings);
  };
  const client = await clientOf(bucket, key);
  const objects = new Objects(async () => client, bucket, bucket.prefix, signal);
  const place = objects.name('');
  let facts: PlatformFacts | null = null;
  try {
    for await (const _one of objects.list('', true, 1)) break;
    await found({ name: 'Access key', status: 'ok', message: `${key.accessKeyId} opens ${place}.` });
    await keep(key);
    await tryOut(objects);
    await found({ name: 'Results', status: 'ok', message: `Files can be written, read and removed in ${place}.` });
    facts = { home: '', root: place, cores: 0, scheduler: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KnownError)) throw error;
    await found({ name: NAMES[error.code] ?? 'Results', status: 'failed', message: error.message });
  } finally {
    client.destroy();
  }
  return { ready: facts !== null, findings, facts, hostKeys: null };
}

const NAMES: Readonly<Record<string, string>> = {
  LOGIN_REFUSED: 'Access key',
  PLATFORM_UNAVAILABLE: 'Connection',
  STORAGE_UNWRITABLE: 'Bucket',
};

const WORDS = 'Kiln was here.';

async function tryOut(objects: Objects): Promise<void> {
  const probe = hiddenName('probe');
  await objects.put(probe, new TextEncoder().encode(WORDS));
  const read = await objects.get(probe);
  const words = read && (await text(read.body));
  await objects.remove(probe);
  if (words !== WORDS) throw new KnownError('STORAGE_UNWRITABLE', `What is written to ${objects.name('')} does not come back as it was.`);
}
