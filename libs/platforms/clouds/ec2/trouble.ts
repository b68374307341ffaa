import { KnownError } from '@kiln/domain';
import { unreachable } from '../../unreachable.ts';
import { sentence } from '../sentence.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and what others say in their place. */
const LOGIN =
  /^(AuthFailure|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|UnrecognizedClientException|MissingAuthenticationToken|MissingSecurityHeader|IncompleteSignature|ExpiredToken|OptInRequired|Blocked|Unauthorized)$/;
const DENIED = /^(UnauthorizedOperation|AccessDenied|AccessDeniedException|Forbidden|OperationNotPermitted|PendingVerification)$/;
const CLOCK = /^(RequestExpired|RequestInTheFuture|RequestTimeTooSkewed)$/;
const THROTTLED = /^(RequestLimitExceeded|Throttling|ThrottlingException|RequestThrottled|EC2ThrottledException|TooManyRequestsException)$/;
/** Told as a failure of the server's, and not over in a moment. */
const CAPACITY = /^Insufficient|Capacity/;
/** What was made a moment ago is not known everywhere yet; or another is at it. */
const NOT_YET =
  /^(InvalidGroup\.NotFound|InvalidSecurityGroupID\.NotFound|InvalidKeyPair\.NotFound|IncorrectState|IncorrectInstanceState|DependencyViolation|InvalidGroup\.InUse|OperationInProgress|ConcurrentTagAccess)$/;

/** Why there is no answer, or not what was asked for: with the cloud's own words, and what to do. `making` a machine can be refused for good. */
export function refusal(error: unknown, endpoint: string, making: boolean): KnownError {
  if (error instanceof KnownError) return error;
  const { code, status, words } = read(error);
  const known = (name: KnownError['code'], message: string, retryable: boolean) =>
    new KnownError(name, message, { retryable, cause: error });
  if (status === null) return unreachable(endpoint, error);
  if (LOGIN.test(code)) {
    return known('LOGIN_REFUSED', `${endpoint} does not accept Kiln's access key: ${words} Give another one.`, true);
  }
  if (CLOCK.test(code)) return known('PLATFORM_UNAVAILABLE', `${endpoint} finds that the clock of this machine is wrong: ${words}`, true);
  if (THROTTLED.test(code) || status === 429 || (status >= 500 && !CAPACITY.test(code))) {
    return known('PLATFORM_UNAVAILABLE', `${endpoint} is in trouble or busy (${code || status}): ${words}`, true);
  }
  if (status < 400) return known('BAD_INPUT', `${endpoint} does not answer as EC2 does (${status}).`, !making);
  if (NOT_YET.test(code)) return known('CONFLICT', `The cloud cannot do that now (${code}): ${words}`, true);
  const name = DENIED.test(code) || CAPACITY.test(code) || /LimitExceeded$/.test(code) ? 'FORBIDDEN' : 'BAD_INPUT';
  return known(/NotFound$/.test(code) ? 'NOT_FOUND' : name, `The cloud refuses (${code || status}): ${words}`, !making);
}

/** What the client throws has the cloud's code for a name. */
export function codeOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function read(error: unknown): { readonly code: string; readonly status: number | null; readonly words: string } {
  const { $metadata, $response, message } = Object(error) as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly statusCode?: number };
    readonly message?: string;
  }; // as the client's errors are; others have neither
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? null;
  const code = /^(Unknown|Error|UnknownError)$/.test(codeOf(error)) ? '' : codeOf(error);
  // Who lacks a permission is told why in a form that only others can read.
  const said = (message ?? '').replace(/\s*Encoded authorization failure message:.*/s, '').replaceAll(/\s+/g, ' ');
  const words = said.trim() === '' || said === 'Unknown' || said === 'UnknownError' ? `it answered ${status}` : said.slice(0, 500);
  return { code, status, words: sentence(words) };
}
