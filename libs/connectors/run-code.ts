import { type ConnectorCode, KnownError } from '@kiln/domain';
import type { CodeInput } from './code-messages.ts';
import { checkedMetadata } from './code-metadata.ts';
import { inPlace } from './code-place.ts';
import { type CodeOutcome, runProcess } from './code-process.ts';
import { checkedTransformed, checkedVerdict } from './code-results.ts';
import type { LoadedConnector } from './load.ts';
import { NO_OUTPUTS, type Outputs, outputsOf } from './serve-outputs.ts';
import { checkedResult } from './sweep.ts';

export interface CodeLimits {
  /** Milliseconds for `transform`, and for `metadata`. */
  readonly transform: number;
  /** Milliseconds for `sweep`, and for `converged`. */
  readonly decision: number;
  /** Megabytes of each process. */
  readonly memory: number;
}

const LIMITS: CodeLimits = { transform: 600_000, decision: 60_000, memory: 1024 };

export interface CodeOptions {
  readonly loaded: Pick<LoadedConnector, 'connector' | 'code'>;
  /** Kills what runs; its call then rejects with the reason. */
  readonly signal: AbortSignal;
  /** Where PATH, HOME and LANG are taken from; without it they are those of the system. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<CodeLimits>;
}

/**
 * The functions of a loaded `connector.ts`, each call in a process of its own: whatever they do, it ends, and what they give is
 * checked. Trouble with the outputs that `transform` lets through comes out as it was, so that what is retryable stays retryable.
 */
export function createConnectorCode({ loaded: { connector, code }, signal, environment = {}, limits }: CodeOptions): ConnectorCode {
  const { transform, decision, memory } = { ...LIMITS, ...limits };

  async function call<T>(input: CodeInput, checked: (answer: unknown) => T, outputs: Outputs = NO_OUTPUTS): Promise<T> {
    const { name } = input;
    if (code === null || typeof connector[name] !== 'function') throw broken(`The connector ${connector.name} has no function ${name}.`);
    const time = name === 'transform' || name === 'metadata' ? transform : decision;
    const outcome = await inPlace(code, environment, ({ module, ...place }) =>
      runProcess({ ...place, call: { module, ...input }, time, memory, signal, serve: outputs.serve }),
    );
    const subject = `The ${name} of ${connector.name}`;
    if (outcome.kind !== 'answered') throw outputs.troubleOf(outcome) ?? errorOf(subject, outcome);
    try {
      return checked(outcome.answer);
    } catch (error) {
      throw broken(sentence(`${subject} gave a wrong result: ${messageOf(error)}`), error);
    }
  }

  return {
    sweep: (...input) => call({ name: 'sweep', input }, (answer) => checkedResult(answer, connector.parameters)),
    converged: (input) => call({ name: 'converged', input }, checkedVerdict),
    metadata({ tasks, ...rest }) {
      const input = { ...rest, tasks: tasks.map(({ number, values }) => ({ number, values })) };
      const numbers = new Set(tasks.map(({ number }) => number));
      return call({ name: 'metadata', input }, (answer) => checkedMetadata(answer, numbers), outputsOf(tasks));
    },
    transform({ tasks, ...rest }) {
      const input = { ...rest, tasks: tasks.map(({ number, values }) => ({ number, values })) };
      const numbers = new Set(tasks.map(({ number }) => number));
      return call({ name: 'transform', input }, (answer) => checkedTransformed(answer, numbers, connector.parameters), outputsOf(tasks));
    },
  };
}

function errorOf(subject: string, outcome: Exclude<CodeOutcome, { kind: 'answered' }>): KnownError {
  if (outcome.kind === 'unstarted') {
    const message = sentence(`${subject} could not be started on this machine: ${outcome.why}`);
    return new KnownError('CONNECTOR_CODE', message, { retryable: true, cause: outcome });
  }
  const words = outcome.said === '' ? '' : ` (it wrote: ${outcome.said})`;
  const how = outcome.kind === 'threw' ? `failed: ${sentence(outcome.message).replace(/\.$/, '')}` : outcome.how;
  return broken(sentence(`${subject} ${how}${words}`));
}

function broken(message: string, cause?: unknown): KnownError {
  return new KnownError('CONNECTOR_CODE', message, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The first line, not too long, with a full stop. */
function sentence(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  const short = line.length > 1000 ? `${line.slice(0, 1000)}…` : line;
  return /[.?!…]$/.test(short) ? short : `${short}.`;
}
