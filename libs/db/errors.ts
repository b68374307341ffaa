/** Whether Postgres refused a value: trying the same again cannot help. SQLSTATE classes 22 and 23. */
export function isRefusedValue(error: unknown): boolean {
  return /^2[23]/.test(codeOf(error));
}

/** Whether the database could not be asked: it is down, starts, ends, lacks room or takes too long. SQLSTATE classes 08, 53 and 57, and the network's own codes. */
export function isDatabaseAway(error: unknown): boolean {
  return (
    /^(08|53|57)|^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH)$/.test(codeOf(error)) ||
    /Connection terminated|is not queryable|Query read timeout/.test(causeOf(error)?.message ?? '')
  );
}

/** Whether Postgres has ended a transaction because it and another waited for each other: the other goes on, and so may this one, anew. */
export function isDeadlock(error: unknown): boolean {
  return codeOf(error) === '40P01';
}

/** What people are told of a database that is away, followed by what they may expect of it. */
export function whyAway(error: unknown): string {
  return codeOf(error) === DISK_FULL ? 'The disk of the database is full: make room there' : 'The database does not answer';
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DISK_FULL = '53100';

/** Drizzle wraps the driver's errors. */
function causeOf(error: unknown): Error | null {
  if (!(error instanceof Error)) return null;
  return error.cause instanceof Error ? error.cause : error;
}

function codeOf(error: unknown): string {
  const cause = causeOf(error);
  return cause && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
