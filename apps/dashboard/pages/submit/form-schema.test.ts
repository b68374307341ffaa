import { expect, test } from 'vitest';
import { checkValues } from './check-values.ts';
import { filled, formOf, shownForm, submitted } from './form-schema.ts';

const form = formOf({
  properties: {
    platform: { type: 'string', title: 'Platform', oneOf: [{ const: 'local' }, { const: 'cloud' }], default: 'local' },
    nodes: {
      type: 'integer',
      title: 'Machines',
      minimum: 1,
      maximum: 4,
      default: 2,
      'x-only-when': { parameter: 'platform', equals: ['cloud', 'other'] },
    },
    spare: { type: 'integer', default: 1, 'x-only-when': { parameter: 'nodes', equals: 2 } },
    label: { type: 'string', title: 'Label', pattern: '^[a-z]*$' },
    size: { type: 'number', title: 'Size' },
  },
  required: ['size'],
});

test('fields whose condition is not met are hidden and not submitted, nor what depends on them', () => {
  expect(Object.keys(shownForm(form, filled(form, {})).properties)).toEqual(['platform', 'label', 'size']);
  expect(submitted(form, filled(form, { size: 1 }))).toEqual({ platform: 'local', size: 1 });
  expect(submitted(form, filled(form, { platform: 'cloud' }))).toEqual({ platform: 'cloud', nodes: 2, spare: 1 });
});

test('what depends on a box is shown while it is ticked, or while it is not', () => {
  const boxes = formOf({
    properties: {
      again: { type: 'boolean', default: true },
      retries: { type: 'integer', default: 2, 'x-only-when': { parameter: 'again', equals: true } },
      fast: { type: 'boolean' },
      pause: { type: 'integer', default: 1, 'x-only-when': { parameter: 'fast', equals: false } },
    },
  });
  expect(Object.keys(shownForm(boxes, filled(boxes, {})).properties)).toEqual(['again', 'retries', 'fast', 'pause']);
  expect(Object.keys(shownForm(boxes, filled(boxes, { again: false, fast: true })).properties)).toEqual(['again', 'fast']);
});

test('values that the form does not know are left out', () => {
  expect(filled(form, { gone: 1, label: 'x' })).toEqual({ platform: 'local', nodes: 2, spare: 1, label: 'x' });
});

test('each field says what is wrong with it; blank ones only at the end', () => {
  const values = { platform: 'mars', nodes: 9, label: 'ABC' };
  expect(checkValues(form, values, false)).toEqual({
    platform: 'Platform must be one of the choices.',
    nodes: 'Machines must be at most 4.',
    label: 'Label must match the pattern ^[a-z]*$.',
  });
  expect(checkValues(form, {}, false)).toEqual({});
  expect(checkValues(form, {}, true)).toEqual({ size: 'Size is needed.' });
  expect(checkValues(form, { size: 'big', nodes: 1.5 }, true)).toEqual({
    size: 'Size must be a number.',
    nodes: 'Machines must be a whole number.',
  });
});
