import * as domain from '@kiln/domain';

/**
 * A bundled connector finds the domain here, not in a copy of its own, so that a `KnownError` thrown by a connector is one for Kiln
 * too, and so that its bundle stays the same when the domain grows.
 */
export const DOMAIN_KEY = 'kiln.domain';
Object.defineProperty(globalThis, Symbol.for(DOMAIN_KEY), { value: domain, configurable: true });
