import { expect, test } from 'vitest';
import { NEW_DRAFT } from '../draft.ts';
import { guessedUser, loginUser, optionsOf, roomText, sizeOptions } from './options.ts';

const IMAGES = [
  { id: 'i1', name: 'debian-12' },
  { id: 'i2', name: 'twice' },
  { id: 'i3', name: 'twice' },
  { id: 'i4', name: 'i4' },
];
const size = (name: string, cores: number, memory: number) => ({ id: `id-${name}`, name, cores, memory });

test('what there is goes by its name, and by its id where several have the name or the id was chosen before', () => {
  expect(optionsOf(IMAGES, '')).toEqual([
    { value: 'debian-12', label: 'debian-12' },
    { value: 'i2', label: 'twice (i2)' },
    { value: 'i3', label: 'twice (i3)' },
    { value: 'i4', label: 'i4' },
  ]);
  expect(optionsOf(IMAGES, 'i1')[0]).toEqual({ value: 'i1', label: 'debian-12' });
});

test('the smallest size comes first, with what it has', () => {
  const options = sizeOptions([size('large', 8, 16_384), size('b', 1, 2048), size('a', 1, 512)], '');
  expect(options.map(({ label }) => label)).toEqual(['a · 1 core, 512 MB', 'b · 1 core, 2 GB', 'large · 8 cores, 16 GB']);
});

test('the quota tells for how many machines of a size there is room', () => {
  const none = { images: [], networks: [], floatingNetworks: [], zones: [], regions: [], cut: [] };
  const look = { ...none, sizes: [size('large', 8, 16_384)], quota: { machines: 10, cores: 20, memory: null } };
  expect(roomText(look, 'large')).toBe('Now there is room for 2 machines of this size.');
  expect(roomText({ ...look, quota: { machines: null, cores: null, memory: null } }, 'id-large')).toContain('no limit');
  expect(roomText({ ...look, quota: null }, 'large')).toContain('does not tell');
  expect(roomText(look, 'other')).toContain('A flavor');
});

test.each([
  ['Debian 12 (bookworm)', 'debian'],
  ['ubuntu-24.04-noble', 'ubuntu'],
  ['al2023-ami-2023.1', 'ec2-user'],
  ['Rocky-9', 'rocky'],
  ['our own', ''],
])('on machines of %s logs in %s', (image, user) => {
  expect(guessedUser(image)).toBe(user);
});

test('who logs in is guessed anew with another image, and stays as somebody said it', () => {
  const draft = (image: string, user: string) => ({ ...NEW_DRAFT, 'cloud.image': image, 'cloud.user': user });
  expect(loginUser(draft('', ''), null, 'debian-12')).toBe('debian');
  expect(loginUser(draft('debian-12', 'debian'), null, 'ubuntu-24.04')).toBe('ubuntu');
  expect(loginUser(draft('debian-12', 'debian'), null, 'our own')).toBe('debian');
  expect(loginUser(draft('debian-12', 'ann'), null, 'ubuntu-24.04')).toBe('ann');
});
