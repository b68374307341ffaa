import { type CloudPlace, type Ec2Key, KnownError } from '@kiln/domain';
import { clientOf, type EC2Client, type Sdk, sdk } from './client.ts';
import { codeOf, refusal } from './trouble.ts';

/** One call of the client, with what stops it. */
export type Send<T> = (client: EC2Client, sdk: Sdk, options: { readonly abortSignal: AbortSignal }) => Promise<T>;

export interface How {
  /** Of errors that are no trouble: then nothing is answered. */
  readonly accepted?: RegExp;
  /** A machine is asked for: what is refused then is refused for good. */
  readonly making?: boolean;
}

/** A key for a region of EC2, shared by all that speak to it. */
export interface Session {
  endpoint(): Promise<string>;
  /** Id of the account that the key is for. */
  account(signal: AbortSignal): Promise<string>;
  /** @throws KnownError */
  call<T>(send: Send<T>, signal: AbortSignal, how?: How): Promise<T | null>;
  /** By the cloud's clock, as it was told with the last answer; milliseconds. */
  now(): number;
  /** Ids of machines that could not be started, and whose end was asked for all the same. */
  readonly ended: Set<string>;
}

export function openSession(cloud: CloudPlace, key: Ec2Key): Session {
  let opened: Promise<EC2Client> | null = null;
  let ahead = 0;
  let known: string | null = null;

  async function client(): Promise<EC2Client> {
    opened ??= clientOf(cloud, key).then((made) => watched(made, (time) => (ahead = time - Date.now())));
    return opened;
  }

  async function endpoint(): Promise<string> {
    return cloud.endpoint || originOf(await client());
  }

  async function call<T>(send: Send<T>, signal: AbortSignal, { accepted, making = false }: How = {}): Promise<T | null> {
    signal.throwIfAborted();
    try {
      // Of its own, as each call has it listened to in several places.
      return await send(await client(), await sdk(), { abortSignal: AbortSignal.any([signal]) });
    } catch (error) {
      signal.throwIfAborted();
      if (accepted?.test(codeOf(error))) return null;
      throw refusal(error, await endpoint(), making);
    }
  }

  return {
    endpoint,
    call,
    async account(signal) {
      known ??= await accountOf({ call }, signal);
      return known;
    },
    now: () => Date.now() + ahead,
    ended: new Set(),
  };
}

async function originOf(client: EC2Client): Promise<string> {
  const { protocol, hostname, port } = (await client.config.endpoint?.()) ?? { protocol: 'https:', hostname: '' };
  return `${protocol}//${hostname}${port ? `:${port}` : ''}`;
}

/** Tells what each answer says of the time. @throws KnownError if it is not one of EC2 */
function watched(client: EC2Client, told: (time: number) => void): EC2Client {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { readonly statusCode: number; readonly headers?: Readonly<Record<string, string>> }; // all of EC2's are of HTTP
      const { statusCode, headers } = response;
      // A page of somebody in between would be read as an answer in which there is nothing.
      if (statusCode < 300 && !/\bxml\b/i.test(headers?.['content-type'] ?? ''))
        throw Object.assign(new Error('This is no XML'), { $response: response });
      const time = Date.parse(headers?.['date'] ?? '');
      if (!Number.isNaN(time)) told(time);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'kilnsClock' },
  );
  return client;
}

/**
 * Only the service for logins tells it as such. Each VPC of an account has a default security group, which is nobody else's; where there
 * is none, all groups that are seen have to be of one account.
 */
async function accountOf(session: Pick<Session, 'call'>, signal: AbortSignal): Promise<string> {
  const groups = async (filters: { readonly Name: string; readonly Values: string[] }[]) => {
    const answer = await session.call(
      (client, { DescribeSecurityGroupsCommand }, options) => client.send(new DescribeSecurityGroupsCommand({ Filters: filters }), options),
      signal,
    );
    return answer?.SecurityGroups ?? [];
  };
  const defaults = (await groups([{ Name: 'group-name', Values: ['default'] }])).filter(({ GroupName }) => GroupName === 'default');
  const all = defaults.length > 0 ? defaults : await groups([]);
  const owners = [...new Set(all.flatMap(({ OwnerId }) => OwnerId ?? []))];
  const [owner] = owners;
  if (owner && owners.length === 1) return owner;
  const why = owner ? `it sees security groups of several: ${owners.join(', ')}` : 'it has no VPC with a security group';
  throw new KnownError('BAD_INPUT', `EC2 does not tell which account the access key is for, as ${why}.`, { retryable: true });
}
