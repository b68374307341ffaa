import { KnownError } from '@kiln/domain';

/** What kept a request over HTTP from an answer, as an error with advice. */
export function unreachable(url: string, error: unknown): KnownError {
  if (error instanceof KnownError) return error;
  const { code, words } = codeOf(error);
  const message = CERTIFICATES.test(code)
    ? `The certificate of ${url} is not trusted (${words}); let it show one of a known authority, or make its authority known to the worker with NODE_EXTRA_CA_CERTS.`
    : `${url} cannot be reached: ${words}.`;
  return new KnownError('PLATFORM_UNAVAILABLE', message, { retryable: true, cause: error });
}

const CERTIFICATES = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;

function codeOf(error: unknown): { code: string; words: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]); // one for each address of a name
  if (!(error instanceof Error)) return { code: '', words: String(error) };
  return { code: 'code' in error ? String(error.code) : '', words: error.message.replace(/\.$/, '') };
}
