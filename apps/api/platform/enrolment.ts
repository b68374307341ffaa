import type { Database } from '@kiln/db/connect';
import { seal } from '@kiln/db/sealing';
import { findSealingKey } from '@kiln/db/sealing-key';
import type { CloudKey, Enrolment, Named, Problem, WebKey } from '@kiln/domain';
import type { CloudLoginInput, EnrolmentInput } from './platform.input.ts';

/** Only a worker can read it again. @throws KnownError NO_WORKER if none ever ran */
export async function sealed(db: Database, enrolment: Enrolment): Promise<Buffer> {
  return seal(await findSealingKey(db), JSON.stringify(enrolment));
}

/** What was given for a platform of this kind, or what is wrong with it; the sentences never repeat it. */
export function readEnrolment(input: EnrolmentInput, problems: Problem[], kind = ''): Enrolment | undefined {
  const found: Problem[] = [];
  const complain: Complain = (name, message) => found.push({ path: ['enrolment', ...name], code: 'BAD_INPUT', message });
  const enrolment = (READERS[kind] ?? chosen)(input, complain);
  const bucket = kind === 's3';
  if (enrolment && (enrolment.kind === 'access-key') !== bucket)
    complain([], bucket ? 'A bucket is opened with an access key.' : 'An access key opens buckets only.');
  if (enrolment?.kind === 'api-key' && kind !== 'mytardis') complain([], 'An API key is for a MyTardis only.');
  problems.push(...found);
  return found.length > 0 ? undefined : enrolment;
}

type Read = (input: EnrolmentInput, complain: Complain) => Enrolment | undefined;

const READERS: Readonly<Record<string, Read>> = { http: ofWeb, mytardis: ofCurator, cloud: ofCloud };

/** Both are kept, sealed: tokens end after hours. */
function ofCloud({ applicationCredential, cloudLogin, accessKey, ...others }: EnrolmentInput, complain: Complain): CloudKey | undefined {
  if ([applicationCredential, cloudLogin, accessKey].filter(Boolean).length !== 1 || Object.values(others).some(Boolean))
    complain(
      [],
      'An OpenStack is opened with an application credential or a login, EC2 with an access key, and neither with anything else.',
    );
  const given = { ...applicationCredential, ...cloudLogin, ...accessKey };
  const at = applicationCredential ? 'applicationCredential' : cloudLogin ? 'cloudLogin' : 'accessKey';
  for (const [name, value] of Object.entries(given))
    if (typeof value === 'string' && !/^[^\0\r\n]{1,1000}$/.test(value)) complain([at, name], 'It is one line of 1 to 1,000 letters.');
  if (applicationCredential) return { kind: 'application-credential', id: applicationCredential.id, secret: applicationCredential.secret };
  if (accessKey) return { kind: 'cloud-access-key', accessKeyId: accessKey.accessKeyId, secretAccessKey: accessKey.secretAccessKey };
  if (!cloudLogin) return undefined;
  return ofCloudLogin(cloudLogin, complain);
}

function ofCloudLogin(login: CloudLoginInput, complain: Complain): CloudKey | undefined {
  const named = (what: 'userDomain' | 'project' | 'projectDomain'): Named | undefined => {
    const [name, id] = [login[what], login[`${what}Id`]];
    if (name && id) complain(['cloudLogin', what], 'Give its name or its id, not both.');
    if (id) return { id };
    return name ? { name } : undefined;
  };
  const { user, password } = login;
  const userDomain = named('userDomain') ?? { name: 'Default' };
  const project = named('project');
  const projectDomain = named('projectDomain') ?? userDomain;
  if (project) return { kind: 'cloud-password', user, userDomain, password, project, projectDomain };
  complain(['cloudLogin', 'project'], 'Say in which project machines are made: its name or its id.');
  return undefined;
}

/** Most of them let everybody in. */
function ofWeb({ login, token, ...others }: EnrolmentInput, complain: Complain): WebKey {
  if ((login && typeof token === 'string') || Object.values(others).some(Boolean))
    complain([], 'A web server is opened with a login, with a token, or with nothing.');
  if (typeof token === 'string') {
    if (!/^[\x21-\x7e]{1,4000}$/.test(token)) complain(['token'], 'A token is one word of up to 4,000 letters.');
    return { kind: 'token', token };
  }
  if (!login) return { kind: 'open' };
  const { user, password } = login;
  if (!/^[^:\p{Cc}]{1,150}$/u.test(user)) complain(['login', 'user'], 'Say who reads: a user name without a colon.');
  if (!/^[^\0\r\n]{1,1000}$/.test(password)) complain(['login', 'password'], 'A password is one line of 1 to 1,000 letters.');
  return { kind: 'login', user, password };
}

/** Its password is no way to another key: it is kept, sealed. */
function ofCurator(input: EnrolmentInput, complain: Complain): Enrolment | undefined {
  const enrolment = chosen(input, complain);
  if (enrolment?.kind === 'password') return { kind: 'curator-password', secret: enrolment.password };
  if (enrolment && enrolment.kind !== 'api-key') complain([], 'A MyTardis is opened with a password or an API key.');
  return enrolment;
}

type Complain = (name: readonly string[], message: string) => void;

function chosen(input: EnrolmentInput, complain: Complain): Enrolment | undefined {
  const { password, privateKey, passphrase, showKey, accessKey, apiKey, login, token, applicationCredential, cloudLogin } = input;
  if (applicationCredential || cloudLogin) complain([], 'An application credential or a login of a cloud opens clouds only.');
  const given = [password ?? null, privateKey ?? null, showKey || null, accessKey ?? null, apiKey ?? null].filter((one) => one !== null);
  if (login || typeof token === 'string') complain([], 'A login or a token opens web servers only.');
  else if (given.length !== 1)
    complain(
      [],
      'Give exactly one: a password, a private key, or showKey; of a bucket, an access key; of a MyTardis, a password or an API key.',
    );
  if (accessKey) {
    const { accessKeyId, secretAccessKey } = accessKey;
    for (const [name, value] of Object.entries({ accessKeyId, secretAccessKey }))
      if (!/^[\x21-\x7e]{1,500}$/.test(value))
        complain(['accessKey', name], 'Each half of an access key is one word of up to 500 letters.');
    return { kind: 'access-key', accessKeyId, secretAccessKey };
  }
  if (typeof apiKey === 'string') {
    if (!/^[\x21-\x7e]{1,500}$/.test(apiKey)) complain(['apiKey'], 'An API key is one word of up to 500 letters.');
    return { kind: 'api-key', secret: apiKey };
  }
  if (typeof passphrase === 'string' && typeof privateKey !== 'string') complain(['passphrase'], 'A passphrase comes with a private key.');
  if (typeof password === 'string') {
    if (password === '' || password.length > 1000 || /[\0\r\n]/.test(password)) {
      complain(['password'], 'A password is one line of 1 to 1,000 letters.');
    }
    return { kind: 'password', password };
  }
  if (typeof privateKey === 'string') {
    const wrong = keyProblem(privateKey);
    if (wrong) complain(['privateKey'], wrong);
    return { kind: 'key', privateKey: `${privateKey.replaceAll('\r\n', '\n').trim()}\n`, passphrase: passphrase || null };
  }
  return showKey ? { kind: 'show' } : undefined;
}

function keyProblem(text: string): string | null {
  if (/^\s*(ssh|ecdsa|sk)-/.test(text)) return 'This is the public half of a key; the private one is in the file without .pub.';
  const framed = /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\r?\n[\s\S]+\n-----END [A-Z0-9 ]*PRIVATE KEY-----\s*$/.test(text);
  return framed && text.length <= 20_000
    ? null
    : 'A private key begins with -----BEGIN OPENSSH PRIVATE KEY----- or alike, and is given whole.';
}
