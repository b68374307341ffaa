import { DEFAULT_LIMITS } from '@kiln/domain';
import { expect, test } from 'vitest';
import { bucketInputOf } from './bucket-input.ts';
import { NEW_DRAFT } from './draft.ts';
import { inputOf } from './draft-input.ts';
import { problemsByField } from './form-problems.ts';

const GIVEN = { ...NEW_DRAFT, 'connection.host': ' hpc.example.org ', 'connection.user': 'ann' };

test('a host and a user are all that must be said', () => {
  const { errors, ...input } = inputOf(GIVEN);
  expect(errors).toEqual({});
  expect(input).toEqual({
    description: '',
    connection: { host: 'hpc.example.org', port: 22, user: 'ann', jumps: [] },
    settings: { root: '', home: '', modules: [], setup: '', resources: {}, limits: DEFAULT_LIMITS },
  });
  expect(Object.keys(inputOf(NEW_DRAFT).errors)).toEqual(['connection.host', 'connection.user']);
});

test('modules, resources and jump hosts are read as they are typed', () => {
  const { errors, connection, settings } = inputOf({
    ...GIVEN,
    'connection.jumps': 'gateway:2222',
    'settings.modules': 'gcc/12\nopenmpi',
    'settings.resources.memory': '4 GB',
    'settings.resources.walltime': '2-12:00:00',
    'settings.resources.queue': 'short',
    'settings.resources.directives': '--constraint=ib\n\n--exclusive',
  });
  expect(errors).toEqual({});
  expect(connection.jumps).toEqual([{ user: 'ann', host: 'gateway', port: 2222 }]);
  expect(settings.modules).toEqual(['gcc/12', 'openmpi']);
  expect(settings.resources).toEqual({
    queue: 'short',
    memory: 4096,
    walltime: 216_000,
    directives: ['--constraint=ib', '--exclusive'],
  });
});

test('what cannot be read is told at its field', () => {
  const { errors } = inputOf({ ...GIVEN, 'connection.port': 'ssh', 'connection.jumps': 'a@b@c', 'settings.resources.memory': 'much' });
  expect(Object.keys(errors).sort()).toEqual(['connection.jumps', 'connection.port', 'settings.resources.memory']);
});

test('of a bucket its name must be said, and slashes around it do not matter', () => {
  const { errors, ...input } = bucketInputOf({
    ...NEW_DRAFT,
    'bucket.name': ' results ',
    'bucket.endpoint': 'https://s3.example.org/',
    'bucket.prefix': '/of/ours/',
  });
  expect(errors).toEqual({});
  expect(input).toEqual({
    description: '',
    bucket: { name: 'results', endpoint: 'https://s3.example.org', region: '', prefix: 'of/ours' },
  });
  expect(Object.keys(bucketInputOf(NEW_DRAFT).errors)).toEqual(['bucket.name']);
});

test('problems of the API stand at their fields, and those of no field above all', () => {
  const { errors, rest } = problemsByField([
    { path: ['name'], message: 'The name is taken.' },
    { path: ['connection', 'jumps', '0', 'host'], message: 'No such host.' },
    { path: [], message: 'You have too many.' },
  ]);
  expect(errors).toEqual({ name: 'The name is taken.', 'connection.jumps': 'No such host.' });
  expect(rest).toEqual(['You have too many.']);
});
