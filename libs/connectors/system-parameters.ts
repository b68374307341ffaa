import type { Connector, Parameter, Platform, SystemParameter } from '@kiln/domain';

/** What there is to choose from for the one who submits. The first storage is the default. */
export interface Choices {
  readonly platforms: readonly Platform[];
  readonly storages: readonly string[];
}

/** Platforms that the connector can run on, those of the kind that it names first before the others. */
export function fittingPlatforms(connector: Connector, choices: Choices): Platform[] {
  return connector.runsOn.flatMap((kind) => choices.platforms.filter((platform) => platform.kind === kind));
}

export function defaultPlatform(connector: Connector, choices: Choices): Platform | undefined {
  const fitting = fittingPlatforms(connector, choices);
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
  return ['platform', ...machines, 'output_storage', 'output_path', 'sweep'];
}

export const NODES: Parameter = { name: 'nodes', type: 'integer', minimum: 1 };
export const MINIMUM_NODES: Parameter = { name: 'minimum_nodes', type: 'integer', minimum: 1 };
