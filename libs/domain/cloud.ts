import type { Credential } from './platform.ts';

/** A cloud that makes machines for jobs, and what they are to be like. Names stand for what the cloud calls so, or for its ids. */
export interface Cloud {
  /** Marks what Kiln makes for this platform there, whatever the platform is called. */
  readonly tag: string;
  /** Of Keystone, as in `https://cloud.example.org:5000/v3`. */
  readonly authUrl: string;
  /** Blank is the only one, or the first. */
  readonly region: string;
  /** Which of the addresses of its services are reached from the workers. */
  readonly interface: 'public' | 'internal';
  readonly image: string;
  /** Which flavor. */
  readonly size: string;
  readonly network: string;
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
}

/** As Keystone is told which domain or project: https://docs.openstack.org/api-ref/identity/v3/#password-authentication-with-scoped-authorization */
export type Named = { readonly name: string } | { readonly id: string };

/** What a cloud is opened with. */
export type CloudKey =
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

/** With the key that Kiln made for the machines there. */
export interface CloudAccess {
  readonly key: CloudKey;
  /** Id of the project that the key is for: what Kiln makes is there, and no other key may be for another one. */
  readonly project: string;
  readonly login: Credential;
}
