import type { Platform } from '@kiln/client/kiln';
import { ago, many } from '../screen/ago.ts';
import { type Piece, status, styled } from '../screen/piece.ts';
import type { Screen } from '../screen/screen.ts';
import { bucketText, curatorText, reach } from './reach.ts';

/** All that is known of a platform. */
export function describePlatform(platform: Platform, screen: Screen): void {
  const { name, kind, state, findings, publicKey } = platform;
  screen.line(styled('strong', name), `  ${kind}  `, status(state));
  for (const [title, value] of facts(platform)) screen.line(styled('quiet', `${title}:`.padEnd(14)), value);
  for (const { name: what, status: how, message } of findings) screen.line(status(how), '  ', styled('strong', what), `: ${message}`);
  if (publicKey !== null) screen.line(styled('quiet', 'Public key:'), ' ', publicKey);
}

function facts(platform: Platform): (readonly [string, Piece])[] {
  const {
    description,
    connection,
    bucket,
    url,
    curator,
    cloud,
    facts: known,
    slots,
    checkedAt,
    hostKeys,
    liveJobs,
    blockedJobs,
    link,
  } = platform;
  const { modules, resources, limits } = platform.settings;
  const scheduler = known?.scheduler;
  const all: (readonly [string, string | null | undefined])[] = [
    ['About', description],
    ['Login', connection && reach(connection)],
    ['Bucket', bucket && bucketText(bucket)],
    ['Address', url],
    ['MyTardis', curator && `${curatorText(curator)}; files of up to ${curator.largestFile} MiB`],
    ...cloudFacts(platform),
    ['Checked', checkedAt && ago(checkedAt)],
    ['Root', bucket || url || curator || cloud ? null : known?.root],
    [
      'Slots',
      bucket || url || curator ? null : `${slots}${limits.tasks === null ? '' : `, at most ${many(limits.tasks, 'task')} at once`}`,
    ],
    ['Scheduler', scheduler?.version],
    ['Queues', scheduler?.queues.map(({ name, isDefault }) => (isDefault ? `${name} (default)` : name)).join(', ')],
    ['Modules', modules.join(' ')],
    ['Resources', Object.keys(resources).length > 0 ? JSON.stringify(resources) : ''],
    ['Jobs', `${liveJobs} live${blockedJobs > 0 ? `, ${blockedJobs} of them blocked` : ''}`],
    ['Link', link && `${link.state}: ${many(link.connections, 'connection')}, ${link.sessions} of ${many(link.sessionLimit, 'session')}`],
    ...hostKeys.map(({ address, type, fingerprint }) => ['Host key', `${address} ${type} ${fingerprint}`] as const),
  ];
  return all.flatMap(([title, value]) => (value ? [[title, value] as const] : []));
}

function cloudFacts({ cloud, maxNodes }: Platform): (readonly [string, string | null | undefined])[] {
  if (!cloud) return [];
  const price = cloud.pricePerHour === null ? '' : `, ${cloud.pricePerHour} an hour each`;
  return [
    ['Cloud', `${cloudText(cloud)}${cloud.region && `, region ${cloud.region}`}`],
    [
      'Machines',
      `${cloud.size} with ${cloud.image} in ${cloud.network}${cloud.zone && `, zone ${cloud.zone}`}; at most ${maxNodes} a job${price}`,
    ],
    ['SSH', `${cloud.user}, from ${cloud.sourceRange}; given back if nobody can log in within ${cloud.bootTimeout} s`],
    ['Addresses', cloud.floatingNetwork && `floating, of ${cloud.floatingNetwork}`],
    ['User data', cloud.userData && `${many(Buffer.byteLength(cloud.userData), 'byte')}, which --json tells`],
  ];
}

function cloudText({ provider, endpoint }: NonNullable<Platform['cloud']>): string {
  if (provider === 'openstack') return `OpenStack at ${endpoint}`;
  return endpoint ? `EC2 at ${endpoint}` : 'Amazon EC2';
}
