import type { Platform } from '@kiln/client/platform-documents';
import { DEFAULT_LIMITS, type Limits, type Resources } from '@kiln/domain';
import { loginText } from '../../lib/platform-words.ts';
import { memoryText, walltimeText } from '../../lib/resources-text.ts';

export const FIELDS = [
  ...(['name', 'description', 'slots'] as const),
  ...(['connection.host', 'connection.port', 'connection.user', 'connection.jumps'] as const),
  ...(['bucket.name', 'bucket.endpoint', 'bucket.region', 'bucket.prefix'] as const),
  ...(['url', 'enrolment.login.user', 'enrolment.login.password', 'enrolment.token'] as const),
  ...(['curator.url', 'curator.user', 'curator.largestFile', 'enrolment.apiKey'] as const),
  ...(['enrolment.password', 'enrolment.privateKey', 'enrolment.passphrase'] as const),
  ...(['enrolment.accessKey.accessKeyId', 'enrolment.accessKey.secretAccessKey'] as const),
  ...(['cloud.provider', 'cloud.endpoint', 'cloud.region', 'cloud.interface'] as const),
  ...(['enrolment.applicationCredential.id', 'enrolment.applicationCredential.secret'] as const),
  ...(['enrolment.cloudLogin.user', 'enrolment.cloudLogin.password', 'enrolment.cloudLogin.project'] as const),
  ...(['enrolment.cloudLogin.userDomain', 'enrolment.cloudLogin.projectDomain', 'enrolment.cloudLogin.projectId'] as const),
  ...(['enrolment.cloudLogin.userDomainId', 'enrolment.cloudLogin.projectDomainId'] as const),
  ...(['cloud.image', 'cloud.user', 'cloud.size', 'cloud.network', 'cloud.floatingNetwork', 'cloud.zone', 'cloud.sourceRange'] as const),
  ...(['cloud.maxMachines', 'cloud.bootTimeout', 'cloud.pricePerHour', 'cloud.userData'] as const),
  ...(['settings.root', 'settings.home', 'settings.modules', 'settings.setup'] as const),
  ...(['settings.resources.queue', 'settings.resources.account', 'settings.resources.project', 'settings.resources.qos'] as const),
  ...([
    'settings.resources.nodes',
    'settings.resources.cores',
    'settings.resources.memory',
    'settings.resources.gpus',
    'settings.resources.walltime',
  ] as const),
  ...(['settings.resources.directives', 'settings.limits.tasks', 'settings.limits.submissionsPerMinute'] as const),
  ...([
    'settings.limits.commandsPerSecond',
    'settings.limits.connections',
    'settings.limits.sessions',
    'settings.limits.lostAfter',
  ] as const),
] as const;
/** A field of the form, named by its path in the input of the API: problems are told by the same path. */
export type FieldName = (typeof FIELDS)[number];

/** What is typed, as it is typed. */
export type Draft = Readonly<Record<FieldName, string>>;
export type Errors = Readonly<Partial<Record<FieldName, string>>>;

const BLANK = Object.fromEntries(FIELDS.map((name) => [name, ''])) as Draft; // every field is there

export const NEW_DRAFT: Draft = {
  ...BLANK,
  ...limitsDraft(DEFAULT_LIMITS),
  'connection.port': '22',
  'curator.largestFile': '2048',
  'cloud.provider': 'openstack',
  'cloud.interface': 'public',
  'cloud.maxMachines': '4',
  'cloud.bootTimeout': '600',
};

export function draftOf(platform: Platform): Draft {
  const { name, description, connection, bucket, url, curator, settings } = platform;
  const { directives, memory, walltime, nodes, cores, gpus, ...words }: Resources = settings.resources as Resources; // the API's contract
  return {
    ...BLANK,
    ...limitsDraft(settings.limits),
    ...cloudDraft(platform),
    name,
    description,
    'connection.host': connection?.host ?? '',
    'connection.port': String(connection?.port ?? 22),
    'connection.user': connection?.user ?? '',
    'connection.jumps': connection?.jumps.map(loginText).join(', ') ?? '',
    'bucket.name': bucket?.name ?? '',
    'bucket.endpoint': bucket?.endpoint ?? '',
    'bucket.region': bucket?.region ?? '',
    'bucket.prefix': bucket?.prefix ?? '',
    url: url ?? '',
    'curator.url': curator?.url ?? '',
    'curator.user': curator?.user ?? '',
    'curator.largestFile': String(curator?.largestFile ?? ''),
    'settings.root': settings.root,
    'settings.home': settings.home,
    'settings.modules': settings.modules.join('\n'),
    'settings.setup': settings.setup,
    'settings.resources.queue': words.queue ?? '',
    'settings.resources.account': words.account ?? '',
    'settings.resources.project': words.project ?? '',
    'settings.resources.qos': words.qos ?? '',
    'settings.resources.nodes': nodes === undefined ? '' : String(nodes),
    'settings.resources.cores': cores === undefined ? '' : String(cores),
    'settings.resources.gpus': gpus === undefined ? '' : String(gpus),
    'settings.resources.memory': memory === undefined ? '' : memoryText(memory),
    'settings.resources.walltime': walltime === undefined ? '' : walltimeText(walltime),
    'settings.resources.directives': directives?.join('\n') ?? '',
  };
}

function cloudDraft({ cloud, maxNodes }: Platform): Partial<Draft> {
  if (!cloud) return {};
  return {
    'cloud.provider': cloud.provider,
    'cloud.endpoint': cloud.endpoint,
    'cloud.region': cloud.region,
    'cloud.interface': cloud.interface,
    'cloud.image': cloud.image,
    'cloud.user': cloud.user,
    'cloud.size': cloud.size,
    'cloud.network': cloud.network,
    'cloud.floatingNetwork': cloud.floatingNetwork,
    'cloud.zone': cloud.zone,
    'cloud.sourceRange': cloud.sourceRange,
    'cloud.maxMachines': String(maxNodes),
    'cloud.bootTimeout': String(cloud.bootTimeout),
    'cloud.pricePerHour': cloud.pricePerHour === null ? '' : String(cloud.pricePerHour),
    'cloud.userData': cloud.userData,
  };
}

function limitsDraft(limits: Limits) {
  return {
    'settings.limits.tasks': limits.tasks === null ? '' : String(limits.tasks),
    'settings.limits.submissionsPerMinute': String(limits.submissionsPerMinute),
    'settings.limits.commandsPerSecond': String(limits.commandsPerSecond),
    'settings.limits.connections': String(limits.connections),
    'settings.limits.sessions': String(limits.sessions),
    'settings.limits.lostAfter': walltimeText(limits.lostAfter),
  };
}
