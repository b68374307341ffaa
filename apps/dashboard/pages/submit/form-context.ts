import type { Platform } from '@kiln/client/platform-documents';

/** What the fields of the form need besides their values. */
export interface FormContext {
  /** What is wrong, by field; for the sweep by `sweep.NAME` too. */
  readonly errors: Readonly<Record<string, string>>;
  /** Names of the connector's own parameters, offered for the sweep. */
  readonly sweepable: readonly string[];
  /** All that the reader may use. */
  readonly platforms: readonly Platform[];
  /** The chosen one; undefined until it is known. */
  readonly platform: Platform | undefined;
  /** The sweep as typed cannot be read: it must not be submitted. */
  onSweepProblem(problem: string | null): void;
}
