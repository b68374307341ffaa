import {
  type Connector,
  CURATION_PARAMETERS,
  holdsFiles,
  INPUT_PARAMETERS,
  isScheduler,
  type Parameter,
  type Platform,
  RESOURCE_PARAMETERS,
  type SystemParameter,
  stores,
} from '@kiln/domain';
import { reliabilityNames } from './reliability-parameters.ts';

/** What there is to choose from for the one who submits. The first storage is the default. */
export interface Choices {
  readonly platforms: readonly Platform[];
  readonly storages: readonly string[];
}

/**
 * Platforms that the connector can run on now: those of the kind that it names first before the others, and of a kind the machine
 * that Kiln runs on before those that somebody registered. What runs on a machine runs on a cluster, too.
 */
export function fittingPlatforms<P extends Platform>(connector: Connector, platforms: readonly P[]): P[] {
  const ready = platforms.filter(isReady);
  const fitting = connector.runsOn.flatMap((kind) => [
    ...ready.filter((platform) => platform.kind === kind && platform.provider === 'local'),
    ...ready.filter((platform) => platform.kind === kind && platform.provider !== 'local'),
    ...ready.filter((platform) => kind === 'unix' && isScheduler(platform.kind)),
  ]);
  return [...new Set(fitting)];
}

/** Names of those that can keep results now, the machine that Kiln runs on before the others. */
export function storagesOf(platforms: readonly Platform[]): string[] {
  return namesOf(platforms.filter((platform) => stores(platform) && isReady(platform)));
}

/** Names of those that input can be taken from now: what only gives files comes after what keeps them, too. */
export function sourcesOf({ platforms, storages }: Choices): string[] {
  const found = platforms.filter((platform) => holdsFiles(platform) && !stores(platform) && isReady(platform));
  return [...storages, ...namesOf(found)];
}

function namesOf(found: readonly Platform[]): string[] {
  return [true, false].flatMap((here) => found.filter(({ provider }) => (provider === 'local') === here).map(({ name }) => name));
}

/** Whether the connector could run on it, were it ready. */
export function suits(connector: Connector, { kind }: Platform): boolean {
  return connector.runsOn.some((one) => one === kind) || (isScheduler(kind) && connector.runsOn.includes('unix'));
}

/** A check has succeeded once, or none is needed. */
export function isReady({ provider, facts }: Platform): boolean {
  return provider === 'local' || facts !== null;
}

export function defaultPlatform(connector: Connector, choices: Choices): Platform | undefined {
  const fitting = fittingPlatforms(connector, choices.platforms);
  return fitting.find(({ name }) => name === connector.defaults.platform) ?? fitting[0];
}

export function defaultStorage(connector: Connector, choices: Choices): string | undefined {
  return choices.storages.find((name) => name === connector.defaults.output_storage) ?? choices.storages[0];
}

/** Chiminey's defaults: four machines, of which one is enough; fewer where the platform has fewer. */
export function defaultNodes(connector: Connector, maxNodes: number): { readonly nodes: number; readonly minimum: number } {
  const nodes = Math.min(Number(connector.defaults.nodes ?? 4), maxNodes);
  return { nodes, minimum: Number(connector.defaults.minimum_nodes ?? 1) };
}

/** Parameters that every connector has and this one makes use of. */
export function systemParameters(connector: Connector): SystemParameter[] {
  const machines = connector.runsOn.includes('cloud') ? (['nodes', 'minimum_nodes'] as const) : [];
  const resources = connector.runsOn.some((kind) => kind !== 'cloud') ? RESOURCE_PARAMETERS : [];
  const input = connector.input ? INPUT_PARAMETERS : [];
  return [
    'platform',
    ...machines,
    ...resources,
    ...input,
    'output_storage',
    'output_path',
    ...CURATION_PARAMETERS,
    ...reliabilityNames(connector),
    'sweep',
  ];
}

export const NODES: Parameter = { name: 'nodes', type: 'integer', minimum: 1 };
export const MINIMUM_NODES: Parameter = { name: 'minimum_nodes', type: 'integer', minimum: 1 };
