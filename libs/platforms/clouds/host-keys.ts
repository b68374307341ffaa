import { KnownError } from '@kiln/domain';
import type { CloudProvider } from './provider.ts';

/** The host keys that were noted with a cloud's machines, remembered for when the cloud cannot be asked. */
export interface HostKeys {
  /** The same, but what it lists is remembered. */
  remembering(provider: CloudProvider): CloudProvider;
  /**
   * As in `ssh-ed25519 SHA256:…`. @throws KnownError NODE_LOST if the cloud does not list the machine, or CLOUD_UNAVAILABLE, which is no
   * trouble of the machine
   */
  of(provider: CloudProvider, machine: string): Promise<string>;
}

/** The cloud is asked first, as a machine of the same name and address may be another one meanwhile. */
export function createHostKeys(): HostKeys {
  let known: ReadonlyMap<string, string> = new Map();

  function remembering(provider: CloudProvider): CloudProvider {
    return {
      ...provider,
      async list() {
        const machines = await provider.list();
        const keys = machines.flatMap(({ name, seen }) => (seen ? [[name, seen.hostKey] as const] : []));
        known = new Map(keys.reverse()); // of two of a name the older one counts
        return machines;
      },
    };
  }

  return {
    remembering,
    async of(provider, machine) {
      try {
        await remembering(provider).list();
      } catch (error) {
        if (!(error instanceof KnownError && error.retryable)) throw error;
        const before = known.get(machine);
        if (before) return before;
        throw new KnownError('CLOUD_UNAVAILABLE', error.message, { retryable: true, cause: error });
      }
      const key = known.get(machine);
      if (key) return key;
      throw new KnownError('NODE_LOST', `The cloud does not list ${machine} any more.`);
    },
  };
}
