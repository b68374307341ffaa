import type { Hop as DomainHop, Resources } from '@kiln/domain';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { JSONObject } from '../scalars.ts';

@ObjectType({ description: 'A login on a machine that is reached over SSH.' })
export class Hop {
  @Field(() => String, { description: 'Name or address of the machine.' })
  host!: string;
  @Field(() => Int, { description: 'Where its SSH server listens.' })
  port!: number;
  @Field(() => String, { description: 'Who logs in.' })
  user!: string;
}

@ObjectType({ description: 'How a platform is reached.' })
export class Connection extends Hop {
  @Field(() => [Hop], { description: 'Through these, the nearest first.' })
  jumps!: readonly DomainHop[];
}

@ObjectType({ description: 'A bucket of a service that speaks S3.' })
export class Bucket {
  @Field(() => String, { description: "As in `https://s3.example.org`; blank is Amazon's." })
  endpoint!: string;
  @Field(() => String, { description: 'Where the service has regions, the one of the bucket.' })
  region!: string;
  @Field(() => String, { description: 'Its name.' })
  name!: string;
  @Field(() => String, { description: 'Results have keys that begin with it and a slash; blank is all of the bucket.' })
  prefix!: string;
  @Field(() => Boolean, { description: '`ENDPOINT/BUCKET` in place of `BUCKET.ENDPOINT`.' })
  pathStyle!: boolean;
}

@ObjectType({ description: 'A MyTardis, where results are published.' })
export class CuratorAddress {
  @Field(() => String, { description: 'As in `https://mytardis.example.org`.' })
  url!: string;
  @Field(() => String, { description: 'Who publishes.' })
  user!: string;
  @Field(() => Int, { description: 'Mebibytes; larger files are left out.' })
  largestFile!: number;
}

@ObjectType({ description: 'A cloud that makes machines for jobs. Names stand for what the cloud calls so, or for its ids.' })
export class Cloud {
  @Field(() => String, { description: '`openstack` or `ec2`.' })
  provider!: string;
  @Field(() => String, { description: "Of Keystone, as in `https://cloud.example.org:5000/v3`; of EC2 blank for Amazon's own." })
  endpoint!: string;
  @Field(() => String, { description: 'Of OpenStack blank for the only one, or the first.' })
  region!: string;
  @Field(() => String, { description: 'Of OpenStack, `public` or `internal`: which addresses of its services are used.' })
  interface!: string;
  @Field(() => String, { description: 'What machines start with.' })
  image!: string;
  @Field(() => String, { description: 'Of each machine: a flavor, or an instance type.' })
  size!: string;
  @Field(() => String, { description: 'Which network machines are in; of EC2, which subnet.' })
  network!: string;
  @Field(() => String, { description: 'Of OpenStack: from which network each machine gets a floating address; blank for none.' })
  floatingNetwork!: string;
  @Field(() => String, { description: 'Who logs in on machines.' })
  user!: string;
  @Field(() => String, { description: 'Blank leaves it to the cloud.' })
  zone!: string;
  @Field(() => String, { description: 'From where machines may be reached with SSH, as in `192.0.2.0/24`.' })
  sourceRange!: string;
  @Field(() => Int, { description: 'Seconds after which a machine on which nobody can log in is given back.' })
  bootTimeout!: number;
  @Field(() => Float, { nullable: true, description: 'Of one machine, in whatever currency; null if nobody said.' })
  pricePerHour!: number | null;
  @Field(() => String, { description: 'What cloud-init on machines is given; blank for nothing.' })
  userData!: string;
}

@ObjectType({ description: 'What courtesy to a platform asks; over all jobs and all users of its login.' })
export class Limits {
  @Field(() => Int, {
    nullable: true,
    description: 'Tasks that may run at once; on a cluster, array elements in the queue. Null is no limit.',
  })
  tasks!: number | null;
  @Field(() => Int, { description: 'Submissions to the scheduler in a minute.' })
  submissionsPerMinute!: number;
  @Field(() => Int, { description: 'Commands in a second.' })
  commandsPerSecond!: number;
  @Field(() => Int, { description: 'SSH connections of one worker.' })
  connections!: number;
  @Field(() => Int, { description: 'Sessions at once on one connection.' })
  sessions!: number;
  @Field(() => Int, { description: 'Seconds after which a machine that cannot be reached is lost, and its tasks with it.' })
  lostAfter!: number;
}

@ObjectType({ description: 'What whoever registered a platform says of it, beyond how to reach it.' })
export class PlatformSettings {
  @Field(() => String, { description: 'Jobs get their directories below it; blank is the home directory. May begin with `~/`.' })
  root!: string;
  @Field(() => String, { description: 'The home directory; blank is what the machine says.' })
  home!: string;
  @Field(() => [String], { description: 'Environment modules loaded before each task.' })
  modules!: readonly string[];
  @Field(() => String, { description: 'Lines of shell that run before each task, after the modules.' })
  setup!: string;
  @Field(() => JSONObject, {
    description:
      'What a job asks of the scheduler unless it says otherwise: nodes, cores, memory (MiB), gpus, walltime (seconds), queue, account, project, qos, directives.',
  })
  resources!: Resources;
  @Field(() => Limits, { description: 'What courtesy asks.' })
  limits!: Limits;
}
