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

/** `hpc` for `hpc.example.org`; of an address in numbers nothing. */
export function suggestedName(host: string): string {
  const [first = ''] = host.trim().toLowerCase().split('.');
  return /^[a-z][a-z0-9-]*$/.test(first) ? first : '';
}
