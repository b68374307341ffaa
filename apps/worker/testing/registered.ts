import { registerPlatform } from '@kiln/db/change-platform';
import type { Database } from '@kiln/db/connect';
import { findPlatform, type PlatformRow } from '@kiln/db/platforms';
import { seal } from '@kiln/db/sealing';
import { findSealingKey } from '@kiln/db/sealing-key';
import {
  type Bucket,
  type Cloud,
  type Connection,
  type CuratorAddress,
  DEFAULT_SETTINGS,
  type Enrolment,
  type PlatformSettings,
  type SchedulerKind,
} from '@kiln/domain';

export interface Registration {
  readonly name: string;
  readonly kind: 'unix' | SchedulerKind | 's3' | 'http' | 'mytardis' | 'cloud';
  readonly connection?: Connection;
  readonly bucket?: Bucket;
  readonly url?: string;
  readonly curator?: CuratorAddress;
  readonly cloud?: Cloud;
  readonly maxNodes?: number;
  readonly enrolment: Enrolment;
  readonly settings?: Partial<PlatformSettings>;
  readonly slots?: number;
}

/** Registers a platform as the API does, with a worker running, and resolves with it when it is checked. */
export async function registered(
  db: Database,
  ownerId: string,
  { enrolment, settings, slots = 0, connection, bucket, url, curator, cloud, maxNodes = 1, ...platform }: Registration,
): Promise<PlatformRow> {
  const sealedEnrolment = seal(await findSealingKey(db), JSON.stringify(enrolment));
  await registerPlatform(db, {
    ...platform,
    connection: connection ?? null,
    bucket: bucket ?? null,
    url: url ?? null,
    curator: curator ?? null,
    cloud: cloud ?? null,
    maxNodes,
    ownerId,
    settings: { ...DEFAULT_SETTINGS, ...settings },
    description: '',
    slots: slots || null,
    sealedEnrolment,
  });
  return checked(db, platform.name);
}

/** Resolves with a platform when no check of it is under way. */
export async function checked(db: Database, name: string): Promise<PlatformRow> {
  for (;;) {
    const row = await findPlatform(db, name);
    if (row && row.state !== 'checking') return row;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
