import type { Cloud, CloudChoice, CloudChoices, CloudQuota, CloudSize } from '@kiln/domain';

/** A machine as a cloud lists it, made by this installation for a platform. */
export interface CloudMachine {
  readonly id: string;
  /** Of the job's directory, and the number of the machine within the job. */
  readonly job: string;
  readonly number: number;
  readonly name: string;
  readonly state: 'coming' | 'up' | 'failed';
  /** By which it is reached; null until it has one. */
  readonly address: string | null;
  /** Seconds for which it has been there, by the cloud's clock. */
  readonly age: number;
  /** What was noted of it when it first answered. */
  readonly seen: Seen | null;
  /** Of one that failed, in the cloud's words. */
  readonly fault: string | null;
}

/** What a machine showed when Kiln first logged in. */
export interface Seen {
  /** `ssh-ed25519 SHA256:…` */
  readonly hostKey: string;
  /** Absolute. */
  readonly home: string;
}

/** What a machine is for. */
export interface Purpose {
  readonly job: string;
  readonly number: number;
  readonly name: string;
}

export type Choices = CloudChoices;
export type Choice = CloudChoice;
export type Size = CloudSize;
export type Quota = CloudQuota;

/** The cloud of one platform. Every call may be repeated, and trouble that passes is thrown as a retryable `KnownError`. */
export interface CloudProvider {
  /** Machines that this installation made for the platform and that are not gone, oldest first. */
  list(): Promise<readonly CloudMachine[]>;
  /** Asks for one machine. Whoever calls has looked whether it is there. @throws KnownError, not retryable, if the cloud refuses for good */
  create(purpose: Purpose): Promise<void>;
  /**
   * Asks for an address by which a machine that is up and has none is reached; missing if machines have theirs from the start. What of it outlives
   * its machine is listed as one that failed. @throws KnownError, not retryable, if the cloud refuses for good
   */
  expose?(machine: CloudMachine): Promise<void>;
  /** Keeps what a machine showed, with the machine. */
  note(id: string, seen: Seen): Promise<void>;
  /** Asks for the end of a machine; one that is gone already is no trouble. */
  destroy(id: string): Promise<void>;
  /** Whether a machine is not gone, listed or not. */
  isThere(id: string): Promise<boolean>;
  choices(): Promise<Choices>;
  /** Null if the cloud does not tell. */
  quota(): Promise<Quota | null>;
  /** Makes what lets Kiln in on machines, if it is not there: only SSH, and only from `sourceRange`. */
  admit(): Promise<void>;
  /** Removes what `admit` made. */
  withdraw(): Promise<void>;
}

/** What a provider needs to know beside the cloud and its key. */
export interface CloudUse {
  readonly cloud: Cloud;
  /** Of Kiln: nothing of others is ever touched. */
  readonly installation: string;
  /** As a line of `authorized_keys`. */
  readonly publicKey: string;
}
