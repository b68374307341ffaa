/** One thing that `kiln doctor` looked at. */
export interface Check {
  /** A few words: `Disk`, `Workers`. */
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed';
  /** One sentence: what is found. */
  readonly message: string;
  /** One sentence: what to do. */
  readonly advice?: string;
}

export const ok = (name: string, message: string): Check => ({ name, status: 'ok', message });
export const warning = (name: string, message: string, advice: string): Check => ({ name, status: 'warning', message, advice });
export const failed = (name: string, message: string, advice: string): Check => ({ name, status: 'failed', message, advice });

/** What cannot be looked at has failed, too; the other checks go on. */
export async function checked(name: string, look: () => Promise<Check | readonly Check[]>): Promise<readonly Check[]> {
  try {
    const found = await look();
    return 'status' in found ? [found] : found;
  } catch (error) {
    return [failed(name, `It could not be checked: ${sentence(error)}`, 'See `kiln doctor --help` for what is needed, and try again.')];
  }
}

export function sentence(error: unknown): string {
  // Drizzle and others wrap what a person wants to know.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message || cause.name : String(cause);
  return /[.!]$/.test(text) ? text : `${text}.`;
}
