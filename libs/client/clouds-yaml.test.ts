import { expect, test } from 'vitest';
import { cloudIn, cloudNamesIn } from './clouds-yaml.ts';

const APPLICATION = `
clouds:
  openstack:
    auth_type: v3applicationcredential
    auth: { auth_url: https://cloud.example.org:5000, application_credential_id: abc, application_credential_secret: hush }
    region_name: One
    interface: publicURL
`;

test('an application credential as the dashboard of a cloud gives it', () => {
  expect(cloudIn(APPLICATION, 'clouds.yaml', 'openstack')).toEqual({
    cloud: { endpoint: 'https://cloud.example.org:5000', region: 'One', interface: 'public' },
    enrolment: { applicationCredential: { id: 'abc', secret: 'hush' } },
  });
});

test('a user with a password, in the domain that is named or in Default', () => {
  const auth = 'auth_url: https://c/v3, username: ann, password: hush, project_name: ours, user_domain_name: People';
  expect(cloudIn(`clouds: { a: { auth: { ${auth} } } }`, 'clouds.yaml', 'a').enrolment).toEqual({
    cloudLogin: { user: 'ann', userDomain: 'People', password: 'hush', project: 'ours' },
  });
});

test('a project and domains by their ids', () => {
  const login = (more: string) => {
    const auth = `auth_url: https://c/v3, username: ann, password: hush, ${more}`;
    return cloudIn(`clouds: { a: { auth: { ${auth} } } }`, 'clouds.yaml', 'a').enrolment;
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
  expect(cloudNamesIn('clouds: { b: {}, a: { auth: {} } }', 'clouds.yaml')).toEqual(['b', 'a']);
});

test('what is wrong is told, and never a secret', () => {
  const told = (text: string, name = 'a') => {
    try {
      cloudIn(text, 'clouds.yaml', name);
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
