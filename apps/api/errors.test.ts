import { DrizzleQueryError } from 'drizzle-orm';
import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { toldError } from './errors.ts';

const told = (code: string) => {
  const cause = Object.assign(new Error('could not extend file "base/5/16954": No space left on device'), { code });
  const originalError = new DrizzleQueryError('insert into jobs', [], cause);
  return toldError(new GraphQLError('wrapped', { originalError, path: ['submitJob'] }), pino({ level: 'silent' }));
};

test.each([
  ['53100', 'The disk of the database is full: make room there; try again in a moment.'],
  ['57P03', 'The database does not answer; try again in a moment.'],
])('trouble of the database (%s) is told as what it is', (code, message) => {
  expect(told(code)).toMatchObject({ message, extensions: { code: 'DATABASE_AWAY' } });
});

test('what nobody expected is told under a reference only', () => {
  expect(told('XX000')).toMatchObject({
    message: expect.stringMatching(/details under [0-9a-f-]{36}\.$/),
    extensions: { code: 'INTERNAL' },
  });
});
