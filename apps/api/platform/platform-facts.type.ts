import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A queue or partition.' })
export class Queue {
  @Field(() => String, { description: 'Names it in the parameter `queue`.' })
  name!: string;
  @Field(() => Boolean, { description: 'The scheduler takes it when none is named.' })
  isDefault!: boolean;
  @Field(() => Boolean, { description: 'It takes jobs and starts them.' })
  open!: boolean;
  @Field(() => Float, { nullable: true, description: 'Longest walltime in seconds; null is no limit.' })
  maxWalltime!: number | null;
  @Field(() => Int, { nullable: true, description: 'How many machines it has, as far as the scheduler says.' })
  nodes!: number | null;
}

@ObjectType({ description: 'What a check found out about a batch scheduler.' })
export class Scheduler {
  @Field(() => String, { description: 'As the scheduler writes it.' })
  version!: string;
  @Field(() => Int, { description: 'Most elements of one array job.' })
  arrayLimit!: number;
  @Field(() => Int, { nullable: true, description: 'How many tasks of one core could run at once, as far as the scheduler says.' })
  cores!: number | null;
  @Field(() => [Queue], { description: 'Queues or partitions.' })
  queues!: readonly Queue[];
}

@ObjectType({ description: 'What a check found out about a platform.' })
export class PlatformFacts {
  @Field(() => String, { description: 'The home directory.' })
  home!: string;
  @Field(() => String, { description: 'Job directories are made in it.' })
  root!: string;
  @Field(() => Int, { description: 'Of the machine that is logged in to.' })
  cores!: number;
  @Field(() => Scheduler, { nullable: true, description: 'Null where there is none.' })
  scheduler!: Scheduler | null;
}

@ObjectType({ description: 'One thing that a check of a platform found.' })
export class Finding {
  @Field(() => String, { description: 'A few words: what was looked at.' })
  name!: string;
  @Field(() => String, { description: 'ok, warning or failed.' })
  status!: string;
  @Field(() => String, { description: 'One sentence.' })
  message!: string;
}

@ObjectType({ description: 'The host key of one hop, pinned on first sight.' })
export class HostKey {
  @Field(() => String, { description: '`host:port`' })
  address!: string;
  @Field(() => String, { description: 'The kind of key.' })
  type!: string;
  @Field(() => String, { description: '`SHA256:…` as OpenSSH shows it.' })
  fingerprint!: string;
}

@ObjectType({ description: 'What all workers together have open to a login.' })
export class PlatformLink {
  @Field(() => Int, { description: 'SSH connections.' })
  connections!: number;
  @Field(() => Int, { description: 'Sessions at this moment.' })
  sessions!: number;
  @Field(() => Int, { description: 'Most sessions that these connections may have.' })
  sessionLimit!: number;
  @Field(() => String, { description: 'up, connecting or down: the worst of them.' })
  state!: string;
}
