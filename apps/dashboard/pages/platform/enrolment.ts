import type { VariablesOf } from '@kiln/client/graphql';
import type { registerMutation } from '@kiln/client/platform-documents';
import type { Draft, Errors } from './draft.ts';
import type { Login } from './kinds.ts';

/** What the form knows no more once it is sent. */
export const FORGOTTEN = {
  'enrolment.password': '',
  'enrolment.privateKey': '',
  'enrolment.passphrase': '',
  'enrolment.accessKey.secretAccessKey': '',
  'enrolment.apiKey': '',
  'enrolment.login.password': '',
  'enrolment.token': '',
  'enrolment.applicationCredential.secret': '',
  'enrolment.cloudLogin.password': '',
} as const;

type EnrolmentInput = NonNullable<VariablesOf<typeof registerMutation>['input']['enrolment']>;

export function enrolmentOf(draft: Draft, login: Login): { readonly enrolment: EnrolmentInput; readonly errors: Errors } {
  switch (login) {
    case 'open':
      return { enrolment: {}, errors: {} };
    case 'login': {
      const user = draft['enrolment.login.user'].trim();
      const password = draft['enrolment.login.password'];
      const errors: Errors = {
        ...(user === '' && { 'enrolment.login.user': 'Say who reads.' }),
        ...(password === '' && { 'enrolment.login.password': 'Type the password.' }),
      };
      return { enrolment: { login: { user, password } }, errors };
    }
    case 'token': {
      const token = draft['enrolment.token'].trim();
      return { enrolment: { token }, errors: token === '' ? { 'enrolment.token': 'Give the token.' } : {} };
    }
    case 'api-key': {
      const apiKey = draft['enrolment.apiKey'].trim();
      return { enrolment: { apiKey }, errors: apiKey === '' ? { 'enrolment.apiKey': 'Give the key.' } : {} };
    }
    case 'curator-password':
    case 'password': {
      const password = draft['enrolment.password'];
      return { enrolment: { password }, errors: password === '' ? { 'enrolment.password': 'Type the password.' } : {} };
    }
    case 'key': {
      const privateKey = draft['enrolment.privateKey'];
      const passphrase = draft['enrolment.passphrase'] || null;
      const errors: Errors = privateKey.trim() === '' ? { 'enrolment.privateKey': 'Paste the private key.' } : {};
      return { enrolment: { privateKey, passphrase }, errors };
    }
    case 'show':
      return { enrolment: { showKey: true }, errors: {} };
    case 'application-credential': {
      const id = draft['enrolment.applicationCredential.id'].trim();
      const secret = draft['enrolment.applicationCredential.secret'].trim();
      const errors: Errors = {
        ...(id === '' && { 'enrolment.applicationCredential.id': 'Give its id.' }),
        ...(secret === '' && { 'enrolment.applicationCredential.secret': 'Give its secret.' }),
      };
      return { enrolment: { applicationCredential: { id, secret } }, errors };
    }
    case 'cloud-password':
      return cloudLoginOf(draft);
    case 'cloud-access-key':
    case 'access-key': {
      const accessKeyId = draft['enrolment.accessKey.accessKeyId'].trim();
      const secretAccessKey = draft['enrolment.accessKey.secretAccessKey'].trim();
      const errors: Errors = {
        ...(accessKeyId === '' && { 'enrolment.accessKey.accessKeyId': 'Give the key.' }),
        ...(secretAccessKey === '' && { 'enrolment.accessKey.secretAccessKey': 'Give its secret half.' }),
      };
      return { enrolment: { accessKey: { accessKeyId, secretAccessKey } }, errors };
    }
  }
}

function cloudLoginOf(draft: Draft): { readonly enrolment: EnrolmentInput; readonly errors: Errors } {
  const text = (name: keyof Draft) => draft[name].trim();
  const password = draft['enrolment.cloudLogin.password'];
  const [user, project, projectId] = [
    text('enrolment.cloudLogin.user'),
    text('enrolment.cloudLogin.project'),
    text('enrolment.cloudLogin.projectId'),
  ];
  const errors: Errors = {
    ...(user === '' && { 'enrolment.cloudLogin.user': 'Say who it is.' }),
    ...(password === '' && { 'enrolment.cloudLogin.password': 'Type the password.' }),
    ...(project === '' && projectId === '' && { 'enrolment.cloudLogin.project': 'Say in which project machines are made.' }),
  };
  // What is blank is not said: the API takes no empty name or id.
  const cloudLogin = {
    ...{ user, password, project: project || null, projectId: projectId || null },
    userDomain: text('enrolment.cloudLogin.userDomain') || null,
    userDomainId: text('enrolment.cloudLogin.userDomainId') || null,
    projectDomain: text('enrolment.cloudLogin.projectDomain') || null,
    projectDomainId: text('enrolment.cloudLogin.projectDomainId') || null,
  };
  return { enrolment: { cloudLogin }, errors };
}

/** `hpc` for `hpc.example.org`; of an address in numbers nothing. */
export function suggestedName(host: string): string {
  const [first = ''] = host.trim().toLowerCase().split('.');
  return /^[a-z][a-z0-9-]*$/.test(first) ? first : '';
}
