import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Context, Environment } from '../context.ts';
import { addRetentionOptions, keptFrom, type RetentionFlags } from './retention.ts';

const HOUR = 3_600_000;

function kept(args: readonly string[], environment: Environment = {}) {
  const command = addRetentionOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const flags = command.parse([...args], { from: 'user' }).opts<RetentionFlags>();
  return keptFrom(flags, { environment } as Context); // nothing else of it is looked at
}

describe('how long things are kept', () => {
  it('is for ever, 7 days and 30 days unless somebody says otherwise', () => {
    expect(kept([])).toEqual({ events: null, scratch: 7 * 24 * HOUR, logs: 30 * 24 * HOUR });
  });

  it('is said by options, which go over the environment', () => {
    const environment = { KILN_KEEP_EVENTS: '12h', KILN_KEEP_SCRATCH: '30m', KILN_KEEP_LOGS: '' };
    expect(kept([], environment)).toEqual({ events: 12 * HOUR, scratch: HOUR / 2, logs: 30 * 24 * HOUR });
    expect(kept(['--keep-events', 'forever', '--keep-scratch', '2w'], environment)).toMatchObject({
      events: null,
      scratch: 14 * 24 * HOUR,
    });
  });

  it.each(['90', 'd', '-1d', '1.5d', 'never', '1y', ''])('cannot be %j', (text) => {
    expect(() => kept(['--keep-events', text])).toThrow('90d');
    if (text !== '') expect(() => kept([], { KILN_KEEP_EVENTS: text })).toThrow(/KILN_KEEP_EVENTS.*90d/);
  });
});
