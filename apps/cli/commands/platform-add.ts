import { userInfo } from 'node:os';
import type { NewPlatform } from '@kiln/client/kiln';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
import { followCheck } from '../platform/follow-check.ts';
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
  readonly json?: boolean;
  readonly url?: string;
}

export async function add(name: string, given: AddOptions, context: Context): Promise<void> {
  const bucket = given.kind === 's3';
  const needed = bucket ? 'bucket' : given.kind === 'mytardis' ? 'address' : 'host';
  if (given[needed] === undefined) throw new CommandError(`Give --${needed}.`);
  if (bucket && given.accessKey === undefined) throw new CommandError('Give --access-key: it opens the bucket.');
  const options = bucket ? given : { ...given, user: given.user ?? userInfo().username };
  const change = await changeOf(options);
  const enrolment = await enrolmentOf(options, true, context);
  const { platforms } = await context.kiln(options);
  await platforms.register({ ...change, name, kind: options.kind, enrolment: enrolment ?? null });
  await followCheck(platforms, name, context, options);
}

export async function update(name: string, options: AddOptions, context: Context): Promise<void> {
  const change = await changeOf(options);
  const enrolment = await enrolmentOf(options, options.password === true, context);
  const { platforms } = await context.kiln(options);
  await platforms.update(name, { ...change, ...(enrolment && { enrolment }) });
  await followCheck(platforms, name, context, options);
}

/** What is asked for on the terminal is asked last: everything else was in order then. */
async function enrolmentOf(options: AddOptions, ask: boolean, context: Context): Promise<NewPlatform['enrolment'] | undefined> {
  if (options.passphraseStdin && options.key === undefined) throw new CommandError('--passphrase-stdin comes with --key.');
  if (options.secretStdin && options.accessKey === undefined) throw new CommandError('--secret-stdin comes with --access-key.');
  if (options.accessKey !== undefined) return accessKeyOf(options.accessKey, options.secretStdin === true, context);
  if (options.apiKeyStdin) return { apiKey: await readSecret('--api-key-stdin') };
  if (options.apiKey) return apiKeyOf(context);
  if (options.passwordStdin) return { password: await readSecret('--password-stdin') };
  const key = await keyOf(options, options.passphraseStdin ? await readSecret('--passphrase-stdin') : undefined);
  if (key || !ask) return key;
  const password = await askSecret(`Password of ${options.user ?? 'the login'}${options.host ? ` on ${options.host}` : ''}: `, context);
  if (password === undefined)
    throw new CommandError('Nobody can be asked for a password here: give --password-stdin, --key or --show-key.');
  return { password };
}

async function apiKeyOf(context: Context): Promise<NewPlatform['enrolment']> {
  const apiKey = await askSecret('API key: ', context);
  if (apiKey === undefined) throw new CommandError('Nobody can be asked for the key here: give --api-key-stdin.');
  return { apiKey };
}

async function accessKeyOf(accessKeyId: string, piped: boolean, context: Context): Promise<NewPlatform['enrolment']> {
  const secretAccessKey = piped ? await readSecret('--secret-stdin') : await askSecret(`Secret half of ${accessKeyId}: `, context);
  if (secretAccessKey === undefined) throw new CommandError('Nobody can be asked for the secret here: give --secret-stdin.');
  return { accessKey: { accessKeyId, secretAccessKey } };
}
