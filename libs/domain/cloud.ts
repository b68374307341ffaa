import type { AccessKey, Credential } from './platform.ts';

export const CLOUD_PROVIDERS = ['openstack', 'ec2'] as const;
/** Whose API it speaks: OpenStack's, or that of Amazon EC2, which others speak, too. */
export type CloudProviderName = (typeof CLOUD_PROVIDERS)[number];

/** Where a cloud is. */
export interface CloudPlace {
  readonly provider: CloudProviderName;
  /** Of Keystone, as in `https://cloud.example.org:5000/v3`; of EC2 blank for Amazon's own. */
  readonly endpoint: string;
  /** Of OpenStack blank for the only one, or the first. */
  readonly region: string;
  /** Of OpenStack: which of the addresses of its services are reached from the workers. */
  readonly interface: 'public' | 'internal';
}

/** A cloud that makes machines for jobs, and what they are to be like. Names stand for what the cloud calls so, or for its ids. */
export interface Cloud extends CloudPlace {
  /** Marks what Kiln makes for this platform there, whatever the platform is called. */
  readonly tag: string;
  readonly image: string;
  /** Which flavor, or instance type. */
  readonly size: string;
  /** Of EC2: which subnet. */
  readonly network: string;
  /** Of OpenStack: the network from which each machine gets a floating address, by which it is reached; blank for none. */
  readonly floatingNetwork: string;
  /** Who logs in on its machines with SSH. */
  readonly user: string;
  /** Blank leaves it to the cloud. */
  readonly zone: string;
  /** From where its machines may be reached with SSH, as in `192.0.2.0/24`. */
  readonly sourceRange: string;
  /** Seconds after which a machine on which nobody can log in is given back. */
  readonly bootTimeout: number;
  /** In whatever currency; null if nobody said. */
  readonly pricePerHour: number | null;
  /** What cloud-init on each machine is given, such as a `#cloud-config`; blank for nothing. */
  readonly userData: string;
}

/** As Keystone is told which domain or project: https://docs.openstack.org/api-ref/identity/v3/#password-authentication-with-scoped-authorization */
export type Named = { readonly name: string } | { readonly id: string };

/** What EC2 is opened with. */
export type Ec2Key = { readonly kind: 'cloud-access-key' } & AccessKey;

/** What an OpenStack is opened with. */
export type OpenStackKey =
  | { readonly kind: 'application-credential'; readonly id: string; readonly secret: string }
  | {
      readonly kind: 'cloud-password';
      readonly user: string;
      readonly userDomain: Named;
      readonly password: string;
      readonly project: Named;
      /** Of a project that is named. */
      readonly projectDomain: Named;
    };

/** What a cloud is opened with. */
export type CloudKey = OpenStackKey | Ec2Key;

/** With the key that Kiln made for the machines there. */
export interface CloudAccess {
  readonly key: CloudKey;
  /** Id of the project, or of the account of EC2, that the key is for: what Kiln makes is there, and no other key may be for another one. */
  readonly project: string;
  readonly login: Credential;
}

/** What there is to choose from in a cloud. */
export interface CloudChoices {
  readonly images: readonly CloudChoice[];
  readonly sizes: readonly CloudSize[];
  readonly networks: readonly CloudChoice[];
  /** From which machines may get floating addresses, if the cloud has such. */
  readonly floatingNetworks?: readonly CloudChoice[];
  readonly zones: readonly CloudChoice[];
  /** Those that the cloud tells of, by name. */
  readonly regions?: readonly string[];
}

export interface CloudChoice {
  readonly id: string;
  /** Its id if it has none. */
  readonly name: string;
}

export interface CloudSize extends CloudChoice {
  readonly cores: number;
  /** MiB */
  readonly memory: number;
}

/** How much may still be made in a cloud; null is no limit. */
export interface CloudQuota {
  readonly machines: number | null;
  readonly cores: number | null;
  /** MiB */
  readonly memory: number | null;
}

/** For how many machines of a size there is room; null is no limit. A size that is not known has one core and 1 MiB. */
export function roomFor(
  { machines, cores, memory }: CloudQuota,
  size: Pick<CloudSize, 'cores' | 'memory'> = { cores: 1, memory: 1 },
): number | null {
  const room = Math.min(machines ?? Infinity, Math.floor((cores ?? Infinity) / size.cores), Math.floor((memory ?? Infinity) / size.memory));
  return room === Infinity ? null : room;
}
