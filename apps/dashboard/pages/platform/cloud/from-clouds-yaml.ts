import type { CloudFile } from '@kiln/client/clouds-yaml';
import type { Draft } from '../draft.ts';
import type { Login } from '../kinds.ts';

const NO_LOGIN = {
  'enrolment.applicationCredential.id': '',
  'enrolment.applicationCredential.secret': '',
  'enrolment.cloudLogin.user': '',
  'enrolment.cloudLogin.password': '',
  'enrolment.cloudLogin.project': '',
  'enrolment.cloudLogin.projectId': '',
  'enrolment.cloudLogin.userDomain': '',
  'enrolment.cloudLogin.userDomainId': '',
  'enrolment.cloudLogin.projectDomain': '',
  'enrolment.cloudLogin.projectDomainId': '',
} as const;

/** What a `clouds.yaml` says, as if somebody had typed it into the form. */
export function draftFrom({ cloud, enrolment }: CloudFile): { readonly values: Partial<Draft>; readonly login: Login } {
  const { applicationCredential: credential, cloudLogin: user } = enrolment;
  const values: Partial<Draft> = {
    ...NO_LOGIN,
    'cloud.endpoint': cloud.endpoint,
    'cloud.region': cloud.region ?? '',
    'cloud.interface': cloud.interface ?? 'public',
    ...(credential && {
      'enrolment.applicationCredential.id': credential.id,
      'enrolment.applicationCredential.secret': credential.secret,
    }),
    ...(user && {
      'enrolment.cloudLogin.user': user.user,
      'enrolment.cloudLogin.password': user.password,
      'enrolment.cloudLogin.project': user.project ?? '',
      'enrolment.cloudLogin.projectId': user.projectId ?? '',
      'enrolment.cloudLogin.userDomain': user.userDomain ?? '',
      'enrolment.cloudLogin.userDomainId': user.userDomainId ?? '',
      'enrolment.cloudLogin.projectDomain': user.projectDomain ?? '',
      'enrolment.cloudLogin.projectDomainId': user.projectDomainId ?? '',
    }),
  };
  return { values, login: user ? 'cloud-password' : 'application-credential' };
}
