import type { PlatformRow } from '@kiln/db/platforms';
import { Field, Int, ObjectType } from 'type-graphql';
import { Job } from '../job/job.type.ts';
import { DateTime } from '../scalars.ts';
import { Problem } from '../submission/submission.type.ts';
import { Finding, HostKey, PlatformFacts } from './platform-facts.type.ts';
import { Bucket, Cloud, Connection, CuratorAddress, PlatformSettings } from './platform-settings.type.ts';

@ObjectType({ description: 'A registered place that computes, stores or publishes.' })
export class Platform {
  /** Who registered it; not a field of the schema. */
  ownerId!: string | null;
  @Field(() => String, { description: 'Names the platform in parameters.' })
  name!: string;
  @Field(() => String, {
    description:
      '`unix` is one machine that is there; `slurm`, `pbs` and `sge` are clusters with a login node; `cloud` makes machines for a job; `s3` is a bucket, which only stores; `http` is a web server, which is only read; `mytardis` is where results are published.',
  })
  kind!: string;
  @Field(() => String, {
    description:
      'Who is behind it: `local` is the machine that Kiln runs on, `ssh` one that is logged in to, `s3` a service that has buckets, `http` a web server, `mytardis` a MyTardis, `openstack` a cloud.',
  })
  provider!: string;
  @Field(() => String, { description: 'One sentence for people.' })
  description!: string;
  @Field(() => Int, { description: 'Tasks of one job that may run at once on each of its nodes; on a cluster, elements of its arrays.' })
  slots!: number;
  @Field(() => Int, { description: 'Most nodes that one job may have.' })
  maxNodes!: number;
  @Field(() => String, { description: 'checking, ready, or trouble: the last check found what stands in the way.' })
  state!: string;
  @Field(() => DateTime, { nullable: true, description: 'When the last check ended.' })
  checkedAt!: string | null;
  @Field(() => Connection, { nullable: true, description: 'How a machine is reached that is logged in to.' })
  connection!: Connection | null;
  @Field(() => Bucket, { nullable: true, description: 'Of the kind `s3`, which bucket it is.' })
  bucket!: Bucket | null;
  @Field(() => String, { nullable: true, description: 'Of the kind `http`, the address that its files are below.' })
  url!: string | null;
  @Field(() => CuratorAddress, { nullable: true, description: 'Of the kind `mytardis`, where it is and who publishes.' })
  curator!: CuratorAddress | null;
  @Field(() => Cloud, { nullable: true, description: 'Of the kind `cloud`, unless that is on this machine.' })
  cloud!: Cloud | null;
  @Field(() => String, {
    nullable: true,
    description: 'The public half of the key that Kiln logs in with, as a line of `authorized_keys`.',
  })
  publicKey!: string | null;
  @Field(() => [HostKey], { description: 'The pinned keys of its machine and of those on the way to it.' })
  hostKeys!: readonly HostKey[];
  @Field(() => PlatformSettings, { description: 'What whoever registered it says of it.' })
  settings!: PlatformSettings;
  @Field(() => PlatformFacts, { nullable: true, description: 'What checks found out; null until one did.' })
  facts!: PlatformFacts | null;
  @Field(() => [Finding], { description: 'Of the last check, or of the one under way as far as it has come.' })
  findings!: readonly Finding[];
}

/** A platform as its resolvers get it. */
export type PlatformRoot = Platform & PlatformRow;

@ObjectType({ description: 'What became of a platform that was to be registered or changed.' })
export class PlatformResult {
  @Field(() => Platform, { nullable: true, description: 'Null when there are problems.' })
  platform!: Platform | null;
  @Field(() => [Problem], { description: 'Everything that is wrong, all at once.' })
  problems!: readonly Problem[];
}

@ObjectType({ description: 'What became of a platform that was to be removed.' })
export class DeletePlatformResult {
  @Field(() => [Problem], { description: 'Why it stays; empty when it is gone.' })
  problems!: readonly Problem[];
  @Field(() => [Job], { description: 'The jobs that hold it.' })
  jobs!: readonly Job[];
}
