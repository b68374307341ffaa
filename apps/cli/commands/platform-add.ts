import { userInfo } from 'node:os';
import type { NewPlatform, PlatformChange } from '@kiln/client/kiln';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
import { needCloudOptions, needNewCloud } from '../platform/cloud-options.ts';
import { followCheck } from '../platform/follow-check.ts';
import { readCloudsYaml } from '../platform/read-clouds-yaml.ts';
import { changeOf, keyOf, type PlatformOptions } from '../platform/registration.ts';
import { askSecret, readSecret } from '../platform/secret.ts';

export interface AddOptions extends PlatformOptions {
  readonly kind: string;
  readonly password?: boolean;
  readonly passwordStdin?: boolean;
  readonly passphraseStdin?: boolean;
  readonly accessKey?: string;
  readonly secretStdin?: boolean;
  readonly apiKey?: boolean;
  readonly apiKeyStdin?: boolean;
  readonly login?: string;
  readonly token?: boolean;
  readonly tokenStdin?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

export async function add(name: string, given: AddOptions, context: Context): Promise<void> {
  if (given.kind === 'cloud') needNewCloud(given.provider ?? 'openstack', given);
  const needed = NEEDED[given.kind] ?? 'host';
  if (given.kind !== 'cloud' && given[needed] === undefined) throw new CommandError(`Give --${needed}.`);
  if (given.kind === 's3' && given.accessKey === undefined) throw new CommandError('Give --access-key: it opens the bucket.');
  const options = ['s3', 'http', 'cloud'].includes(given.kind) ? given : { ...given, user: given.user ?? userInfo().username };
  const change = await withCloud(await changeOf(options), options);
  const enrolment = change.enrolment ?? (await enrolmentOf(options, given.kind !== 'http', context)); // most web servers let everybody in
  const { platforms } = await context.kiln(options);
  await platforms.register({ ...change, name, kind: options.kind, enrolment: enrolment ?? null });
  await followCheck(platforms, name, context, options);
}

const NEEDED: Readonly<Record<string, 'bucket' | 'base' | 'address'>> = { s3: 'bucket', http: 'base', mytardis: 'address' };

export async function update(name: string, given: AddOptions, context: Context): Promise<void> {
  const { platforms } = await context.kiln(given);
  const { kind, cloud } = await platforms.get(name);
  if (cloud) needCloudOptions(cloud.provider, given);
  const options = { ...given, kind };
  const change = await withCloud(await changeOf(options), options);
  const enrolment = change.enrolment ?? (await enrolmentOf(options, options.password === true, context));
  await platforms.update(name, { ...change, ...(enrolment && { enrolment }) });
  await followCheck(platforms, name, context, options);
}

/** With what the file says where the cloud is and what opens it. */
async function withCloud(change: PlatformChange, { cloudsYaml, cloud: name }: AddOptions): Promise<PlatformChange> {
  if (cloudsYaml === undefined) return change;
  const { cloud, enrolment } = await readCloudsYaml(cloudsYaml, name);
  return { ...change, cloud: { ...cloud, ...change.cloud }, enrolment };
}

/** What is asked for on the terminal is asked last: everything else was in order then. */
async function enrolmentOf(options: AddOptions, ask: boolean, context: Context): Promise<NewPlatform['enrolment'] | undefined> {
  if (options.passphraseStdin && options.key === undefined) throw new CommandError('--passphrase-stdin comes with --key.');
  if (options.secretStdin && options.accessKey === undefined) throw new CommandError('--secret-stdin comes with --access-key.');
  if (options.accessKey !== undefined) return accessKeyOf(options.accessKey, options.secretStdin === true, context);
  if (options.login !== undefined) return loginOf(options.login, options.passwordStdin === true, context);
  if (options.tokenStdin) return { token: await readSecret('--token-stdin') };
  if (options.token) return { token: await asked('Token: ', 'the token here: give --token-stdin', context) };
  if (options.apiKeyStdin) return { apiKey: await readSecret('--api-key-stdin') };
  if (options.apiKey) return { apiKey: await asked('API key: ', 'the key here: give --api-key-stdin', context) };
  if (options.passwordStdin) return { password: await readSecret('--password-stdin') };
  const key = await keyOf(options, options.passphraseStdin ? await readSecret('--passphrase-stdin') : undefined);
  if (key || !ask) return key;
  const question = `Password of ${options.user ?? 'the login'}${options.host ? ` on ${options.host}` : ''}: `;
  return { password: await asked(question, 'a password here: give --password-stdin, --key or --show-key', context) };
}

async function loginOf(user: string, piped: boolean, context: Context): Promise<NewPlatform['enrolment']> {
  const password = piped
    ? await readSecret('--password-stdin')
    : await asked(`Password of ${user}: `, 'the password here: give --password-stdin', context);
  return { login: { user, password } };
}

async function accessKeyOf(accessKeyId: string, piped: boolean, context: Context): Promise<NewPlatform['enrolment']> {
  const secretAccessKey = piped
    ? await readSecret('--secret-stdin')
    : await asked(`Secret half of ${accessKeyId}: `, 'the secret here: give --secret-stdin', context);
  return { accessKey: { accessKeyId, secretAccessKey } };
}

async function asked(question: string, instead: string, context: Context): Promise<string> {
  const answer = await askSecret(question, context);
  if (answer === undefined) throw new CommandError(`Nobody can be asked for ${instead}.`);
  return answer;
}
