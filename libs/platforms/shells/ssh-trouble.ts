import { type Hop, KnownError } from '@kiln/domain';

/** Why a host cannot be reached, as one sentence; it may pass. */
export function unreachable(hop: Hop, error: Error): KnownError {
  const { code } = error as NodeJS.ErrnoException; // Node sets it on errors of sockets
  const what = REASONS[code ?? ''] ?? reasonOf(error.message);
  return new KnownError('PLATFORM_UNAVAILABLE', `Could not reach ${hop.host}:${hop.port}: ${what}.`, { retryable: true, cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no SSH server listens there',
  ENOTFOUND: 'no such host name is known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it broke the connection',
  EPIPE: 'it broke the connection',
};

function reasonOf(message: string): string {
  if (/keepalive timeout/i.test(message)) return 'it has stopped to answer';
  if (/timed out while waiting for handshake/i.test(message)) return 'it does not answer as an SSH server within 20 s';
  if (/before handshake|Invalid identification|protocol/i.test(message)) return 'what listens there does not speak SSH, or hung up at once';
  if (/no matching/i.test(message)) return `the server offers only old ciphers (${message})`;
  return message.replace(/\.$/, '') || 'no reason was given';
}

/** Why a server does not let somebody in; `accepted` is what it would take. */
export function signInTrouble(hop: Hop, proof: object, accepted: readonly string[]): KnownError {
  const message = `Could not log in as ${hop.user} on ${hop.host}:${hop.port}: ${refusal(hop, 'password' in proof, accepted)}.`;
  return new KnownError('LOGIN_REFUSED', message, { retryable: true });
}

function refusal({ user }: Hop, withPassword: boolean, accepted: readonly string[]): string {
  const passwords = accepted.includes('password') || accepted.includes('keyboard-interactive');
  if (withPassword) return passwords ? 'the server refuses the password' : 'the server accepts only keys';
  if (!accepted.includes('publickey')) return 'the server accepts only passwords, and Kiln keeps none';
  return `the server refuses the key; its public half must be a line of ~${user}/.ssh/authorized_keys there`;
}
