import { expect, test } from 'vitest';
import { cloudsIn } from './clouds-yaml.ts';

const APPLICATION = `
clouds:
  openstack:
    auth_type: v3applicationcredential
    auth: { auth_url: https://cloud.example.org:5000, application_credential_id: abc, application_credential_secret: hush }
    region_name: One
    interface: publicURL
`;

test('an application credential as the dashboard of a cloud gives it', () => {
  expect(cloudsIn(APPLICATION, 'clouds.yaml').cloud('openstack')).toEqual({
    cloud: { endpoint: 'https://cloud.example.org:5000', region: 'One', interface: 'public' },
    enrolment: { applicationCredential: { id: 'abc', secret: 'hush' } },
  });
});

test('a user with a password, in the domain that is named or in Default', () => {
  const auth = 'auth_url: https://c/v3, username: ann, password: hush, project_name: ours, user_domain_name: People';
  expect(cloudsIn(`clouds: { a: { auth: { ${auth} } } }`, 'clouds.yaml').cloud('a').enrolment).toEqual({
    cloudLogin: { user: 'ann', userDomain: 'People', password: 'hush', project: 'ours' },
  });
});

test('a project and domains by their ids', () => {
  const login = (more: string) => {
    const auth = `auth_url: https://c/v3, username: ann, password: hush, ${more}`;
    return cloudsIn(`clouds: { a: { auth: { ${auth} } } }`, 'clouds.yaml').cloud('a').enrolment;
  };
  const who = { user: 'ann', password: 'hush' };
  expect(login('project_id: p1, project_name: ours, user_domain_id: default')).toEqual({
    cloudLogin: { ...who, userDomainId: 'default', projectId: 'p1' },
  });
  expect(login('project_name: ours, project_domain_id: d1, domain_name: People')).toEqual({
    cloudLogin: { ...who, userDomain: 'People', project: 'ours', projectDomainId: 'd1' },
  });
});

test('the clouds of a file are named, in its order', () => {
  expect(cloudsIn('clouds: { b: {}, a: { auth: {} } }', 'clouds.yaml').names).toEqual(['b', 'a']);
});

test('what is wrong is told, and never a secret', () => {
  const told = (text: string, name = 'a') => {
    try {
      cloudsIn(text, 'clouds.yaml').cloud(name);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return '';
  };
  expect(told('clouds: { b: {}, c: {} }')).toBe('clouds.yaml has no cloud a: there is b, c.');
  expect(told('clouds: { a: { auth: { auth_url: https://c, password: hush } } }')).toBe('clouds.yaml does not say username for a.');
  expect(told('clouds: { a: { auth: {} } }', 'c')).toBe('clouds.yaml has no cloud c: there is a.');
  expect(told('clouds: { a: { auth: {} } }')).toBe('clouds.yaml does not say auth_url for a.');
  expect(told('password: "hush')).toBe('clouds.yaml is no YAML.');
  expect(told('just words')).toBe('clouds.yaml has no clouds.');
  expect(told('clouds: { a: { verify: false, auth: { auth_url: https://c } } }')).toContain('NODE_EXTRA_CA_CERTS');
});

test('what is unquoted stays as it was written, and nothing is nothing', () => {
  const long = '12345678901234567890123456789012';
  const auth = `auth_url: https://c/v3, username: 007, password: 1e5, project_id: ${long}, user_domain_id: null`;
  expect(cloudsIn(`clouds: { a: { region_name: ~, auth: { ${auth} } } }`, 'clouds.yaml').cloud('a')).toEqual({
    cloud: { endpoint: 'https://c/v3' },
    enrolment: { cloudLogin: { user: '007', password: '1e5', projectId: long } },
  });
});

test('merges are followed', () => {
  const text = `
base: &base { region_name: One, verify: false, auth: &auth { auth_url: https://c/v3, username: ann, password: hush } }
clouds:
  a: { <<: *base, verify: true, auth: { <<: *auth, project_name: ours } }
  b: { <<: *base }
`;
  const { names, cloud } = cloudsIn(text, 'clouds.yaml');
  expect(names).toEqual(['a', 'b']);
  expect(cloud('a')).toEqual({
    cloud: { endpoint: 'https://c/v3', region: 'One' },
    enrolment: { cloudLogin: { user: 'ann', password: 'hush', project: 'ours' } },
  });
  expect(() => cloud('b')).toThrow('verify: false');
});

test('a file that is too large is refused unread', () => {
  expect(() => cloudsIn('#'.repeat(262_145), 'clouds.yaml')).toThrow('clouds.yaml is too large for a clouds.yaml.');
});
