import type { Cloud } from '@kiln/domain';
import { CLOUD } from '@kiln/platforms/testing/open-stack';
import { expect, test } from 'vitest';
import { createOpenedClouds } from './opened-clouds.ts';

test('a login is kept for one cloud and one key, whatever the platform is called', () => {
  let made = 0;
  const clouds = createOpenedClouds<number>();
  const open = (name: string, key: string, change: Partial<Cloud> = {}) =>
    clouds.get(name, { ...CLOUD, ...change }, Buffer.from(key), () => {
      made += 1;
      return made;
    });
  expect([open('sky', 'one'), open('sky', 'one', { image: 'debian-13' }), open('sky (removed)', 'one')]).toEqual([1, 1, 1]);
  expect(open('sky', 'one', { tag: 'another' })).toBe(2); // registered anew under the name
  expect(open('sky', 'two')).toBe(3);
  expect(open('sky', 'two', { interface: 'internal' })).toBe(4);
  clouds.forget('sky');
  expect(open('sky', 'two', { interface: 'internal' })).toBe(5);
});
