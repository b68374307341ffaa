import { type Draft, type Errors, type FieldName } from '../draft.ts';
import { chosenSlots } from '../draft-input.ts';

/** Bytes: as much as EC2 takes. */
const MOST_USER_DATA = 16_384;

/** What the draft says of where a cloud is, in the words of the API. */
export function cloudPlaceOf(draft: Draft) {
  const provider = draft['cloud.provider'];
  const cloud = {
    provider,
    endpoint: draft['cloud.endpoint'].trim().replace(/\/+$/, ''),
    region: draft['cloud.region'].trim(),
    interface: draft['cloud.interface'],
  };
  const errors: Errors = {
    ...(provider === 'openstack' && cloud.endpoint === '' && { 'cloud.endpoint': 'Say where it is.' }),
    ...(provider === 'ec2' && cloud.region === '' && { 'cloud.region': 'Say which region, as in eu-central-1.' }),
  };
  return { cloud, errors };
}

/** What the draft says of a cloud and its machines, in the words of the API. */
export function cloudInputOf(draft: Draft) {
  const { cloud: place, errors: misplaced } = cloudPlaceOf(draft);
  const errors: Partial<Record<FieldName, string>> = { ...misplaced };
  const text = (name: FieldName) => draft[name].trim();
  const needed = (name: FieldName, message: string) => {
    if (text(name) === '') errors[name] = message;
    return text(name);
  };
  const whole = (name: FieldName) => {
    if (!/^\d{1,9}$/.test(text(name))) errors[name] = 'Write a whole number.';
    return Number(text(name));
  };
  const image = needed('cloud.image', 'Say what machines start with.');
  const user = needed('cloud.user', 'Say who logs in on machines.');
  const size = needed('cloud.size', 'Say which size.');
  const network = needed('cloud.network', 'Say in which network machines are.');
  const sourceRange = needed('cloud.sourceRange', 'Say from where machines may be reached.');
  const machines = { maxMachines: whole('cloud.maxMachines'), bootTimeout: whole('cloud.bootTimeout') };
  const price = text('cloud.pricePerHour');
  if (price !== '' && !/^\d{1,7}(\.\d+)?$/.test(price)) errors['cloud.pricePerHour'] = 'Write a number, as in 0.25.';
  const userData = draft['cloud.userData'].replaceAll('\r\n', '\n');
  const bytes = new TextEncoder().encode(userData).length;
  if (bytes > MOST_USER_DATA) errors['cloud.userData'] = `It has ${bytes.toLocaleString('en')} bytes; 16,384 are the most.`;
  const slots = text('slots');
  if (slots !== '') whole('slots');
  const cloud = {
    ...{ ...place, image, user, size, network, sourceRange, ...machines, userData },
    floatingNetwork: place.provider === 'ec2' ? '' : text('cloud.floatingNetwork'),
    zone: text('cloud.zone'),
    pricePerHour: price === '' ? null : Number(price),
  };
  return { description: text('description'), ...chosenSlots(slots === '' ? null : Number(slots)), cloud, errors: errors as Errors }; // only widened
}
