import type {
  CreateTagsCommandInput,
  DescribeInstancesCommandInput,
  Instance,
  InstanceStateName,
  RunInstancesCommandInput,
  TerminateInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import type { Cloud, Ec2Key } from '@kiln/domain';
import { Ec2Estate } from './ec2-estate.ts';
import { matches, pageOf } from './ec2-lists.ts';
import { Refused } from './ec2-wire.ts';

/** What a test has the next matching call come to. */
export interface Ec2Fault {
  readonly action: string;
  readonly code?: string;
  readonly message?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of something in between, which knows nothing of EC2. */
  readonly html?: string;
  /** Before and after its effect; the connection ends there if it says so. */
  readonly before?: () => boolean;
  readonly after?: () => boolean;
  /** How often; default once. */
  times?: number;
}

export const EC2_KEY: Ec2Key = { kind: 'cloud-access-key', accessKeyId: 'AKIAKILN', secretAccessKey: 'secret/of+kiln' };

/** A platform there. */
export const EC2_CLOUD: Cloud = {
  ...{ provider: 'ec2', tag: 'ours', endpoint: '', region: 'eu-central-1', interface: 'public', image: 'lab' },
  ...{ size: 't3.small', network: 'workers', user: 'admin', zone: '', sourceRange: '192.0.2.0/24', bootTimeout: 600 },
  ...{ floatingNetwork: '', pricePerHour: null, userData: '' },
};

const GONE: readonly (string | undefined)[] = ['shutting-down', 'terminated'];

/** An EC2 in memory, as far as Kiln speaks to one. */
export class Ec2Double {
  readonly region = 'eu-central-1';
  readonly keys = new Map([[EC2_KEY.accessKeyId, EC2_KEY.secretAccessKey]]);
  /** With those that are gone. */
  instances: Instance[] = [];
  readonly estate = new Ec2Estate(() => this.instances);
  readonly faults: Ec2Fault[] = [];
  /** What was asked and understood. */
  readonly asked: { readonly action: string; readonly input: object }[] = [];
  /** Of its clock, against that of this machine; milliseconds. */
  ahead = 0;
  /** Machines at once. */
  limit = 100;
  /** Entries of a page, whatever is asked for. */
  page = 2;
  /** For how many lists and looks a machine that was just made is not known. */
  shy = 0;
  /** Whether it answers a token of a machine that is gone with that one, as EC2 did before 2025. */
  oldTokens = false;
  /** Whether it takes no notice of filters. */
  unfiltered = false;
  private readonly hidden = new Map<string, number>();
  private readonly tokens = new Map<string, { readonly id: string; readonly request: string }>();

  now(): number {
    return Date.now() + this.ahead;
  }

  faultOf(action: string): Ec2Fault | undefined {
    const fault = this.faults.find((one) => one.action === action || one.action === '');
    if (!fault) return undefined;
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times === 0) this.faults.splice(this.faults.indexOf(fault), 1);
    return fault;
  }

  answer(action: string, input: object): object {
    this.asked.push({ action, input });
    // Each is given what the model of its operation says: the request was read by it.
    if (action === 'DescribeInstances') return this.describe(input as DescribeInstancesCommandInput);
    if (action === 'RunInstances') return this.run(input as RunInstancesCommandInput);
    if (action === 'TerminateInstances') return this.terminate(input as TerminateInstancesCommandInput);
    if (action === 'CreateTags') return this.tag(input as CreateTagsCommandInput);
    return this.estate.answer(action, input, this.page, this.unfiltered);
  }

  /** Those that are not gone. */
  get there(): readonly Instance[] {
    return this.instances.filter(({ State }) => !GONE.includes(State?.Name));
  }

  /** What becomes of machines, by their name. */
  become(name: string, state: InstanceStateName, reason?: { readonly Code: string; readonly Message: string }): void {
    for (const instance of this.there.filter(({ Tags }) => Tags?.some(({ Key, Value }) => Key === 'Name' && Value === name))) {
      instance.State = { Name: state };
      if (state === 'running') Object.assign(instance, { PrivateIpAddress: `10.0.0.${this.instances.indexOf(instance) + 1}` });
      if (reason) instance.StateReason = reason;
    }
  }

  private isKnown({ InstanceId = '' }: Instance): boolean {
    const left = this.hidden.get(InstanceId) ?? 0;
    this.hidden.set(InstanceId, left - 1);
    return left <= 0;
  }

  private instance(id: string): Instance {
    const found = this.instances.find(({ InstanceId }) => InstanceId === id);
    if (found && this.isKnown(found)) return found;
    throw new Refused('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  }

  private describe({ InstanceIds, Filters = [], MaxResults, NextToken }: DescribeInstancesCommandInput): object {
    if (InstanceIds && MaxResults)
      throw new Refused('InvalidParameterCombination', 'The parameter instancesSet cannot be used with maxResults');
    const all = InstanceIds ? InstanceIds.map((id) => this.instance(id)) : this.instances.filter((one) => NextToken || this.isKnown(one));
    const asked = this.unfiltered ? all : all.filter((one) => matches(one, {}, Filters));
    const { entries, next } = pageOf([...asked].reverse(), InstanceIds ? 1000 : this.page, NextToken);
    const told = { Reservations: entries.map((one) => ({ ReservationId: 'r-1', OwnerId: this.estate.account, Instances: [{ ...one }] })) };
    for (const one of entries) if (one.State?.Name === 'shutting-down') one.State = { Name: 'terminated' };
    return { ...told, NextToken: next };
  }

  private run(input: RunInstancesCommandInput): object {
    const { ClientToken = '', ...rest } = input;
    const request = JSON.stringify(rest);
    const known = this.tokens.get(ClientToken);
    const before = known && this.instances.find(({ InstanceId }) => InstanceId === known.id);
    if (known && known.request !== request)
      throw new Refused(
        'IdempotentParameterMismatch',
        'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      );
    if (before && GONE.includes(before.State?.Name) && !this.oldTokens)
      throw new Refused(
        'IdempotentInstanceTerminated',
        'The client token you have provided is associated with a terminated instance. Please use a different client token.',
      );
    if (before) return { ReservationId: 'r-1', OwnerId: this.estate.account, Instances: [before] };
    if (this.there.length >= this.limit)
      throw new Refused('VcpuLimitExceeded', 'You have requested more vCPU capacity than your current vCPU limit of 5 allows.');
    const id = `i-${String(this.instances.length + 1).padStart(17, '0')}`;
    this.instances.push({
      ...this.estate.partsOf(input),
      ...{ InstanceId: id, InstanceType: input.InstanceType, State: { Name: 'pending' }, LaunchTime: new Date(this.now()) },
      Tags: [...(input.TagSpecifications?.find(({ ResourceType }) => ResourceType === 'instance')?.Tags ?? [])],
    });
    if (this.shy > 0) this.hidden.set(id, this.shy);
    if (ClientToken) this.tokens.set(ClientToken, { id, request });
    return { ReservationId: 'r-1', OwnerId: this.estate.account, Instances: [this.instances.at(-1)] };
  }

  private terminate({ InstanceIds = [] }: TerminateInstancesCommandInput): object {
    const ended = InstanceIds.map((id) => this.instance(id)).map((instance) => {
      const PreviousState = instance.State;
      if (!GONE.includes(PreviousState?.Name)) {
        instance.State = { Name: 'shutting-down' };
        instance.StateReason = { Code: 'Client.UserInitiatedShutdown', Message: 'Client.UserInitiatedShutdown: User initiated shutdown' };
      }
      return { InstanceId: instance.InstanceId, CurrentState: instance.State, PreviousState };
    });
    return { TerminatingInstances: ended };
  }

  private tag({ Resources = [], Tags = [] }: CreateTagsCommandInput): object {
    if (Tags.some(({ Key = '', Value = '' }) => Key.length > 128 || Value.length > 256))
      throw new Refused('InvalidParameterValue', 'Tag value exceeds the maximum length of 256 characters');
    for (const instance of Resources.map((id) => this.instance(id))) {
      const left = (instance.Tags ?? []).filter(({ Key }) => Tags.every((tag) => tag.Key !== Key));
      instance.Tags = [...left, ...Tags];
    }
    return {};
  }
}
