import { cloudsIn } from '@kiln/client/clouds-yaml';
import { expect, test } from 'vitest';
import { samplePlatform } from '../../../testing/sample-platform.ts';
import { draftOf, NEW_DRAFT } from '../draft.ts';
import { enrolmentOf } from '../enrolment.ts';
import { cloudInputOf, cloudPlaceOf } from './cloud-input.ts';
import { draftFrom } from './from-clouds-yaml.ts';

const GIVEN = {
  ...NEW_DRAFT,
  'cloud.endpoint': ' https://cloud.example.org:5000/v3/ ',
  'cloud.image': 'debian-12',
  'cloud.user': 'debian',
  'cloud.size': 'small',
  'cloud.network': 'private',
  'cloud.sourceRange': '192.0.2.0/24',
};
const CLOUD = {
  provider: 'openstack',
  endpoint: 'https://cloud.example.org:5000/v3',
  region: '',
  interface: 'public',
  image: 'debian-12',
  user: 'debian',
  size: 'small',
  network: 'private',
  floatingNetwork: '',
  zone: '',
  sourceRange: '192.0.2.0/24',
  maxMachines: 4,
  bootTimeout: 600,
  pricePerHour: null,
  userData: '',
};

test('where a cloud is, what machines are made of and from where they are reached is all that must be said', () => {
  expect(cloudInputOf(GIVEN)).toEqual({ description: '', cloud: CLOUD, errors: {} });
  expect(Object.keys(cloudInputOf(NEW_DRAFT).errors)).toEqual(
    ['endpoint', 'image', 'user', 'size', 'network', 'sourceRange'].map((name) => `cloud.${name}`),
  );
  expect(Object.keys(cloudPlaceOf({ ...NEW_DRAFT, 'cloud.provider': 'ec2' }).errors)).toEqual(['cloud.region']);
});

test('numbers that cannot be read and user data that is too long are told at their fields', () => {
  const { errors } = cloudInputOf({
    ...GIVEN,
    ...{ 'cloud.maxMachines': 'many', 'cloud.bootTimeout': '10m', 'cloud.pricePerHour': '1,5', slots: 'two' },
    'cloud.userData': 'é'.repeat(8193),
  });
  expect(Object.keys(errors).sort()).toEqual([
    ...['cloud.bootTimeout', 'cloud.maxMachines', 'cloud.pricePerHour', 'cloud.userData', 'slots'],
  ]);
  expect(errors['cloud.userData']).toBe('It has 16,386 bytes; 16,384 are the most.');
  expect(cloudInputOf({ ...GIVEN, 'cloud.userData': 'a\r\nb', 'cloud.pricePerHour': '0.25' }).cloud).toMatchObject({
    userData: 'a\nb',
    pricePerHour: 0.25,
  });
});

test('what is said of a cloud stands in its form, and is said again as it is', () => {
  const { maxMachines, ...cloud } = { ...CLOUD, pricePerHour: 0.5, floatingNetwork: 'public', userData: '#cloud-config\n' };
  const platform = samplePlatform({ kind: 'cloud', provider: 'openstack', connection: null, maxNodes: 9, cloud });
  expect(cloudInputOf(draftOf(platform))).toEqual({ description: '', cloud: { ...cloud, maxMachines: 9 }, errors: {} });
});

test('a clouds.yaml is typed into the form, whatever stood there before, and what it leaves out is not sent', () => {
  const auth = 'auth_url: https://c/v3, username: ann, password: hush, project_id: p1, user_domain_name: People';
  const file = cloudsIn(`clouds: { a: { region_name: One, interface: internal, auth: { ${auth} } } }`, 'clouds.yaml').cloud('a');
  const { values, login } = draftFrom(file);
  const draft = { ...GIVEN, 'enrolment.cloudLogin.project': 'before', ...values };
  expect(cloudPlaceOf(draft).cloud).toEqual({ provider: 'openstack', endpoint: 'https://c/v3', region: 'One', interface: 'internal' });
  expect(enrolmentOf(draft, login)).toEqual({
    enrolment: {
      cloudLogin: {
        ...{ user: 'ann', password: 'hush', project: null, projectId: 'p1' },
        ...{ userDomain: 'People', userDomainId: null, projectDomain: null, projectDomainId: null },
      },
    },
    errors: {},
  });
  const credential = 'auth_url: https://c/v3, application_credential_id: abc, application_credential_secret: hush';
  const other = draftFrom(cloudsIn(`clouds: { a: { auth: { ${credential} } } }`, 'clouds.yaml').cloud('a'));
  const again = { ...draft, ...other.values };
  expect(enrolmentOf(again, other.login).enrolment).toEqual({ applicationCredential: { id: 'abc', secret: 'hush' } });
  expect(again).toMatchObject({ 'enrolment.cloudLogin.password': '', 'cloud.region': '', 'cloud.interface': 'public' });
});
