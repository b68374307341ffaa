import type { VariablesOf } from 'gql.tada';
import { KilnError } from './errors.ts';
import type { Live } from './live.ts';
import type { RentedMachine, Spending } from './machine-documents.ts';
import * as machines from './machine-documents.ts';
import type { Platform } from './platform-documents.ts';
import * as documents from './platform-documents.ts';
import { type Connection, request } from './request.ts';

/** What to register. `enrolment` is exactly one of `password`, `privateKey` (with `passphrase`) and `showKey: true`. */
export type NewPlatform = VariablesOf<typeof documents.registerMutation>['input'];
/** What to change; what is missing stays as it is. */
export type PlatformChange = VariablesOf<typeof documents.updateMutation>['input'];

/** The registered places that compute or store: `kiln.platforms`. */
export class Platforms {
  constructor(
    private readonly connection: Connection,
    private readonly live: Live,
  ) {}

  /** Those that the viewer may use, and those of the viewer that are not ready yet. */
  async list(): Promise<Platform[]> {
    return (await request(this.connection, documents.platformsQuery, {})).platforms;
  }

  /** @throws KilnError `NOT_FOUND` */
  async get(name: string): Promise<Platform> {
    const { platform } = await request(this.connection, documents.platformQuery, { name });
    if (!platform) throw new KilnError('NOT_FOUND', `You have no platform '${name}'.`);
    return platform;
  }

  /**
   * Registers a machine or cluster over SSH and has it checked; `checked` tells how that ends.
   * @throws KilnError with everything that is wrong in `problems`
   */
  async register(input: NewPlatform): Promise<Platform> {
    return accepted(input.name, (await request(this.connection, documents.registerMutation, { input })).registerPlatform);
  }

  /** Has it checked again, too. @throws KilnError with everything that is wrong in `problems` */
  async update(name: string, input: PlatformChange): Promise<Platform> {
    return accepted(name, (await request(this.connection, documents.updateMutation, { name, input })).updatePlatform);
  }

  /** Jobs of the past and presets go along. @throws KilnError `CONFLICT` while jobs run there */
  async rename(name: string, to: string): Promise<Platform> {
    return (await request(this.connection, documents.renameMutation, { name, to })).renamePlatform;
  }

  /** Forgets it and the key that Kiln logs in with; its jobs and their results stay. @throws KilnError `CONFLICT` while jobs run there */
  async remove(name: string): Promise<void> {
    const { problems } = (await request(this.connection, documents.removeMutation, { name })).deletePlatform;
    if (problems[0]) throw new KilnError('CONFLICT', problems[0].message);
  }

  /** Has it looked at; `checked` tells how that ends. */
  async check(name: string): Promise<Platform> {
    return (await request(this.connection, documents.checkMutation, { name })).checkPlatform;
  }

  /** Installs a fresh key in place of the present one; a password is needed only where that one does not open any more. */
  async rotateKey(name: string, password?: string): Promise<Platform> {
    return (await request(this.connection, documents.rotateMutation, { name, password: password ?? null })).rotatePlatformKey;
  }

  /** Pins the host keys that its machines show now. */
  async repin(name: string): Promise<Platform> {
    return (await request(this.connection, documents.repinMutation, { name })).repinPlatform;
  }

  /** Every job that is blocked on it tries again now; resolves with their number. */
  async tryNow(name: string): Promise<number> {
    return (await request(this.connection, documents.tryMutation, { name })).tryPlatform;
  }

  /** What is rented now in clouds, the oldest first. */
  async rentedMachines(): Promise<RentedMachine[]> {
    return (await request(this.connection, machines.machinesQuery, {})).rentedMachines;
  }

  /** What the viewer's machines in clouds cost. */
  async spending(): Promise<Spending> {
    return (await request(this.connection, machines.spendingQuery, {})).spending;
  }

  /** Bounds that, or with null no longer does. */
  async setCostLimit(limit: number | null): Promise<Spending> {
    return (await request(this.connection, machines.costLimitMutation, { limit })).setCostLimit;
  }

  /** The platform as it is, and again whenever it changes, for ever. @throws KilnError `NOT_FOUND` when it is gone */
  async *watch(name: string): AsyncGenerator<Platform, void, undefined> {
    for await (const { platformChanged } of this.live.follow(
      documents.platformChangedSubscription,
      () => ({ name }),
      () => false,
    )) {
      yield platformChanged;
    }
  }

  /** Resolves when no check of it is under way. `seen` is called with each state on the way there. */
  async checked(name: string, seen: (platform: Platform) => void = () => undefined): Promise<Platform> {
    for await (const platform of this.watch(name)) {
      seen(platform);
      if (platform.state !== 'checking') return platform;
    }
    return this.get(name);
  }
}

interface Answered {
  readonly platform: Platform | null;
  readonly problems: readonly { path: readonly string[]; code: string; message: string }[];
}

function accepted(name: string, { platform, problems }: Answered): Platform {
  if (platform && problems.length === 0) return platform;
  throw KilnError.refused(`The platform ${name} was refused`, problems);
}
