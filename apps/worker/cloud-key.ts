import type { CloudAccess, CloudKey, Enrolment } from '@kiln/domain';

/** What opens a cloud: what was given last, or what is known to be good. */
export function cloudKeyOf(enrolment: Enrolment | null, access: CloudAccess | null): CloudKey | undefined {
  return isCloudKey(enrolment) ? enrolment : access?.key;
}

function isCloudKey(key: Enrolment | null): key is CloudKey {
  return key?.kind === 'application-credential' || key?.kind === 'cloud-password' || key?.kind === 'cloud-access-key';
}
