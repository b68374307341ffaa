import type { Cloud } from '@kiln/domain';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const one = (what: string) =>
  z
    .string(`Say which ${what}.`)
    .refine(
      (value) => value.length <= 255 && value.trim() !== '' && !/\p{Cc}/u.test(value),
      `Say which ${what}: its name or its id, on one line.`,
    );
const word = (what: string) => z.string().regex(/^[^\s\p{Cc}]{0,255}$/u, `${what} is one word, or blank.`);

const AUTH_URL = 'The address of Keystone begins with https:// or http:// and ends with /v3, as in https://cloud.example.org:5000/v3.';
const RANGE =
  'Say from where its machines may be reached: an address and the length of its prefix, as in 192.0.2.0/24; 0.0.0.0/0 is everywhere.';
const TIMEOUT = 'The boot time-out is a whole number of seconds from 30 to 7,200.';
const MACHINES = 'The most machines of a job are a whole number from 1 to 1,000.';

/** With how many machines a job may have. */
export const cloudShape: z.ZodType<Cloud & { readonly maxMachines: number }> = z.strictObject({
  tag: z.string(),
  authUrl: z
    .string('Say where Keystone is.')
    .transform((url) => url.trim().replace(/\/+$/, ''))
    .transform((url) => (/\/v3$/.test(url) ? url : `${url}/v3`))
    .refine((url) => url.length <= 300 && /^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/.test(url) && URL.canParse(url), AUTH_URL),
  region: word('The region'),
  interface: z.enum(['public', 'internal'], 'The interface is public or internal.'),
  image: one('image'),
  size: one('size'),
  network: one('network'),
  user: z
    .string('Say who logs in on machines.')
    .regex(/^[a-z_][a-z0-9_.-]{0,31}$/, 'Who logs in on machines is a user name of Linux, as in debian.'),
  zone: word('The zone'),
  sourceRange: z.string(RANGE).refine(isRange, RANGE).transform(networkOf),
  bootTimeout: z.int(TIMEOUT).min(30, TIMEOUT).max(7200, TIMEOUT),
  pricePerHour: z.number().min(0, 'A price is not below 0.').max(1_000_000, 'A price is at most 1,000,000.').nullable(),
  maxMachines: z.int(MACHINES).min(1, MACHINES).max(1000, MACHINES),
});

function isRange(text: string): boolean {
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text);
}

/** As a cloud tells it back: without the part of the host, and IPv6 in its short form. */
function networkOf(range: string): string {
  const version = ipaddr.IPv4.isValidCIDR(range) ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${version.networkAddressFromCIDR(range)}/${range.split('/')[1]}`;
}

export const NEW_CLOUD = {
  ...{ region: '', interface: 'public', zone: '' },
  ...{ bootTimeout: 600, pricePerHour: null, maxMachines: 4 },
} as const;
