import type { Cloud } from '@kiln/domain';
import { z } from 'zod';
import { chosen } from '../chosen.ts';
import type { Choice, Choices, Quota, Size } from '../provider.ts';
import { listed, read } from './pages.ts';
import type { Session } from './session.ts';

const named = z.object({ id: z.string(), name: z.string().nullish() });
const imageShape = named.extend({ status: z.string().optional(), container_format: z.string().nullish() });
const networkShape = named.extend({ 'router:external': z.boolean().optional() });
const sizeShape = named.extend({ vcpus: z.number(), ram: z.number() });
const zoneShape = z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) });

/** What one can boot with: no kernels and initial file systems, and no networks that only lead out: floating addresses are of those. */
export async function choicesOf(session: Session, signal: AbortSignal): Promise<Required<Choices>> {
  const [images, sizes, networks, zones, regions] = await Promise.all([
    listed(session, 'image', '/images?status=active', 'images', imageShape, signal),
    listed(session, 'compute', '/flavors/detail', 'flavors', sizeShape, signal),
    listed(session, 'network', '/networks', 'networks', networkShape, signal),
    listed(session, 'compute', '/os-availability-zone', 'availabilityZoneInfo', zoneShape, signal),
    session.regions(signal),
  ]);
  return {
    images: images.all.filter(({ container_format }) => container_format !== 'aki' && container_format !== 'ari').map(choiceOf),
    sizes: sizes.all.map((size): Size => ({ ...choiceOf(size), cores: size.vcpus, memory: size.ram })),
    networks: networks.all.filter((network) => network['router:external'] !== true).map(choiceOf),
    floatingNetworks: networks.all.filter((network) => network['router:external'] === true).map(choiceOf),
    zones: zones.all.filter(({ zoneState }) => zoneState.available).map(({ zoneName }) => ({ id: zoneName, name: zoneName })),
    regions,
  };
}

function choiceOf({ id, name }: z.infer<typeof named>): Choice {
  return { id, name: name || id };
}

/** What a machine is made of, by ids: names are looked up each time, as an image may be replaced by a newer one of its name. */
export async function partsOf(session: Session, cloud: Cloud, signal: AbortSignal) {
  const { images, sizes, networks, floatingNetworks } = await choicesOf(session, signal);
  const floating = cloud.floatingNetwork;
  return {
    image: chosen('image', images, cloud.image).id,
    size: chosen('size', sizes, cloud.size).id,
    network: chosen('network', networks, cloud.network).id,
    floatingNetwork: floating && chosen('floating network', floatingNetworks, floating).id,
  };
}

const limitsShape = z.object({ limits: z.object({ absolute: z.record(z.string(), z.unknown()) }) });

/** https://docs.openstack.org/api-ref/compute/#show-rate-and-absolute-limits; -1 is no limit. Null if it tells what is no number. */
export async function quotaOf(session: Session, signal: AbortSignal): Promise<Quota | null> {
  const answer = await session.call({ service: 'compute', path: '/limits' }, signal);
  const { absolute } = read(limitsShape, answer.body, 'limits').limits;
  const [machines, cores, memory] = [
    left(absolute['maxTotalInstances'], absolute['totalInstancesUsed']),
    left(absolute['maxTotalCores'], absolute['totalCoresUsed']),
    left(absolute['maxTotalRAMSize'], absolute['totalRAMUsed']),
  ];
  return machines === undefined || cores === undefined || memory === undefined ? null : { machines, cores, memory };
}

const limitShape = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number)
    .pipe(z.number()),
]);

/** Null is no limit; undefined if one of them is no number. */
function left(most: unknown, used: unknown): number | null | undefined {
  const [all, taken] = [limitShape.safeParse(most ?? -1).data, limitShape.safeParse(used ?? 0).data];
  if (all === undefined || taken === undefined) return undefined;
  return all < 0 ? null : Math.max(0, all - taken);
}
