import { CLOUD_PROVIDERS, type Cloud, type CloudPlace } from '@kiln/domain';
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

const line = (what: string) => z.string().regex(/^[^\p{Cc}]{0,255}$/u, `${what} is one line, or blank.`);

/** Bytes: as much as EC2 takes. */
const MOST_USER_DATA = 16_384;
const USER_DATA = 'User data is text of at most 16 KiB.';
const EC2 = 'The address of EC2 begins with https:// or http:// and has no path, as in https://ec2.example.org, or is blank for Amazon.';
const KEYSTONE = 'The address of Keystone begins with https:// or http:// and ends with /v3, as in https://cloud.example.org:5000/v3.';
const REGION = 'Say in which region of EC2 machines are made, as in eu-central-1.';
const RANGE =
  'Say from where its machines may be reached: an address and the length of its prefix, as in 192.0.2.0/24; 0.0.0.0/0 is everywhere.';
const TIMEOUT = 'The boot time-out is a whole number of seconds from 30 to 7,200.';
const MACHINES = 'The most machines of a job are a whole number from 1 to 1,000.';

const address = (sentence: string) => z.string(sentence).transform((url) => url.trim().replace(/\/+$/, ''));

const fields = {
  tag: z.string(),
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
  userData: z.string().refine((text) => Buffer.byteLength(text) <= MOST_USER_DATA && !text.includes('\0'), USER_DATA),
  maxMachines: z.int(MACHINES).min(1, MACHINES).max(1000, MACHINES),
};

const side = z.enum(['public', 'internal'], 'The interface is public or internal.');

const openStackPlace = z.strictObject({
  provider: z.literal('openstack'),
  endpoint: address(KEYSTONE)
    .transform((url) => (/\/v3$/.test(url) ? url : `${url}/v3`)) // the version of its API that Kiln speaks
    .refine(isAddress, KEYSTONE),
  region: word('The region'),
  interface: side,
});

const ec2Place = z.strictObject({
  provider: z.literal('ec2'),
  endpoint: address(EC2).refine((url) => url === '' || (isAddress(url) && new URL(url).pathname === '/'), EC2),
  region: z.string(REGION).regex(/^[A-Za-z0-9-]{1,60}$/, REGION),
  interface: side,
});

const PROVIDERS = `A cloud is of ${CLOUD_PROVIDERS.join(' or ')}.`;

export const cloudPlaceShape: z.ZodType<CloudPlace> = z.discriminatedUnion('provider', [openStackPlace, ec2Place], PROVIDERS);

const openStackShape = openStackPlace.extend({ ...fields, floatingNetwork: line('The floating network') });

const ec2Shape = ec2Place.extend({
  ...fields,
  floatingNetwork: z.literal('', 'EC2 has no floating networks: whether machines get public addresses is said of the subnet.'),
});

/** With how many machines a job may have. */
export const cloudShape: z.ZodType<Cloud & { readonly maxMachines: number }> = z.discriminatedUnion(
  'provider',
  [openStackShape, ec2Shape],
  PROVIDERS,
);

function isAddress(url: string): boolean {
  return url.length <= 300 && /^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/.test(url) && URL.canParse(url);
}

function isRange(text: string): boolean {
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text);
}

/** As a cloud tells it back: without the part of the host, and IPv6 in its short form. */
function networkOf(range: string): string {
  const version = ipaddr.IPv4.isValidCIDR(range) ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${version.networkAddressFromCIDR(range)}/${range.split('/')[1]}`;
}

export const NEW_CLOUD_PLACE = { provider: 'openstack', endpoint: '', region: '', interface: 'public' } as const;

export const NEW_CLOUD = {
  ...{ ...NEW_CLOUD_PLACE, floatingNetwork: '', zone: '', userData: '' },
  ...{ bootTimeout: 600, pricePerHour: null, maxMachines: 4 },
} as const;
