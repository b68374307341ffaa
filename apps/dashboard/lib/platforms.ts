import { graphql, type ResultOf } from '@kiln/client/graphql';

export const platformFields = graphql(`
  fragment PlatformFields on Platform @_unmask {
    name kind provider description slots maxNodes state checkedAt owned publicKey liveJobs blockedJobs
    connection { host port user jumps { host port user } }
    hostKeys { address type fingerprint }
    settings { root home modules setup resources limits { tasks submissionsPerMinute commandsPerSecond connections sessions } }
    facts { home root cores scheduler { version arrayLimit cores queues { name isDefault open maxWalltime nodes } } }
    findings { name status message }
    link { connections sessions sessionLimit state }
  }
`);
export type Platform = ResultOf<typeof platformFields>;

export const platformsQuery = graphql(`query Platforms { platforms { ...PlatformFields } }`, [platformFields]);

export const platformQuery = graphql(`query Platform($name: String!) { platform(name: $name) { ...PlatformFields } }`, [platformFields]);

export const platformChanged = graphql(
  `subscription PlatformChanged($name: String) { platformChanged(name: $name) { ...PlatformFields } }`,
  [platformFields],
);

export const registerPlatformMutation = graphql(
  `mutation RegisterPlatform($input: RegisterPlatformInput!) {
    registerPlatform(input: $input) { platform { ...PlatformFields } problems { path code message } }
  }`,
  [platformFields],
);

export const updatePlatformMutation = graphql(
  `mutation UpdatePlatform($name: String!, $input: UpdatePlatformInput!) {
    updatePlatform(name: $name, input: $input) { platform { ...PlatformFields } problems { path code message } }
  }`,
  [platformFields],
);

export const renamePlatformMutation = graphql(
  `mutation RenamePlatform($name: String!, $to: String!) { renamePlatform(name: $name, to: $to) { ...PlatformFields } }`,
  [platformFields],
);

export const deletePlatformMutation = graphql(
  `mutation DeletePlatform($name: String!) {
    deletePlatform(name: $name) { problems { path code message } jobs { id directory status } }
  }`,
);

export type RefusedRemoval = ResultOf<typeof deletePlatformMutation>['deletePlatform'];

export const checkPlatformMutation = graphql(
  `mutation CheckPlatform($name: String!) { checkPlatform(name: $name) { ...PlatformFields } }`,
  [platformFields],
);

export const rotatePlatformKeyMutation = graphql(
  `mutation RotatePlatformKey($name: String!, $password: String) { rotatePlatformKey(name: $name, password: $password) { ...PlatformFields } }`,
  [platformFields],
);

export const repinPlatformMutation = graphql(
  `mutation RepinPlatform($name: String!) { repinPlatform(name: $name) { ...PlatformFields } }`,
  [platformFields],
);

export const tryPlatformMutation = graphql(`mutation TryPlatform($name: String!) { tryPlatform(name: $name) }`);
