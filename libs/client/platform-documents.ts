import { graphql, type ResultOf } from './graphql.ts';

export const platformFields = graphql(`
  fragment PlatformFields on Platform @_unmask {
    name kind provider description slots maxNodes state checkedAt owned publicKey liveJobs blockedJobs
    connection { host port user jumps { host port user } }
    bucket { endpoint region name prefix pathStyle }
    url
    curator { url user largestFile }
    cloud { provider endpoint region interface image size network floatingNetwork user zone sourceRange bootTimeout pricePerHour userData }
    hostKeys { address type fingerprint }
    settings { root home modules setup resources limits { tasks submissionsPerMinute commandsPerSecond connections sessions lostAfter } }
    facts { home root cores scheduler { version arrayLimit cores queues { name isDefault open maxWalltime nodes } } }
    findings { name status message }
    link { connections sessions sessionLimit state }
  }
`);
/** A registered place that computes or stores. `state` is `checking`, `ready` or `trouble`; `findings` say why. */
export type Platform = ResultOf<typeof platformFields>;

export const platformsQuery = graphql(`query Platforms { platforms { ...PlatformFields } }`, [platformFields]);

export const platformQuery = graphql(`query Platform($name: String!) { platform(name: $name) { ...PlatformFields } }`, [platformFields]);

export const registerMutation = graphql(
  `mutation RegisterPlatform($input: RegisterPlatformInput!) {
    registerPlatform(input: $input) { platform { ...PlatformFields } problems { path code message } }
  }`,
  [platformFields],
);

export const updateMutation = graphql(
  `mutation UpdatePlatform($name: String!, $input: UpdatePlatformInput!) {
    updatePlatform(name: $name, input: $input) { platform { ...PlatformFields } problems { path code message } }
  }`,
  [platformFields],
);

export const lookAtCloudMutation = graphql(`
  mutation LookAtCloud($input: LookAtCloudInput!) {
    lookAtCloud(input: $input) {
      look {
        images { id name } sizes { id name cores memory } networks { id name } floatingNetworks { id name } zones { id name } regions cut
        quota { machines cores memory }
      }
      problems { path code message }
    }
  }
`);
/** What a cloud has to choose from. */
export type CloudLook = NonNullable<ResultOf<typeof lookAtCloudMutation>['lookAtCloud']['look']>;

export const renameMutation = graphql(
  `mutation RenamePlatform($name: String!, $to: String!) { renamePlatform(name: $name, to: $to) { ...PlatformFields } }`,
  [platformFields],
);

export const removeMutation = graphql(
  `mutation DeletePlatform($name: String!) { deletePlatform(name: $name) { problems { path code message } jobs { id directory status } } }`,
);

/** Of a platform that is not removed, what stands in the way. */
export type RefusedRemoval = ResultOf<typeof removeMutation>['deletePlatform'];

export const checkMutation = graphql(`mutation CheckPlatform($name: String!) { checkPlatform(name: $name) { ...PlatformFields } }`, [
  platformFields,
]);

export const rotateMutation = graphql(
  `mutation RotatePlatformKey($name: String!, $password: String) { rotatePlatformKey(name: $name, password: $password) { ...PlatformFields } }`,
  [platformFields],
);

export const repinMutation = graphql(`mutation RepinPlatform($name: String!) { repinPlatform(name: $name) { ...PlatformFields } }`, [
  platformFields,
]);

export const tryMutation = graphql(`mutation TryPlatform($name: String!) { tryPlatform(name: $name) }`);

export const platformChangedSubscription = graphql(
  `subscription PlatformChanged($name: String) { platformChanged(name: $name) { ...PlatformFields } }`,
  [platformFields],
);
