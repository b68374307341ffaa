import type { Resources } from '@kiln/domain';
import { Field, Float, InputType, Int } from 'type-graphql';
import { JSONObject } from '../scalars.ts';

@InputType({ description: 'A machine on the way to a platform.' })
export class HopInput {
  @Field(() => String, { description: 'Name or address of the machine.' })
  host!: string;
  @Field(() => Int, { defaultValue: 22, description: 'Where its SSH server listens.' })
  port!: number;
  @Field(() => String, { description: 'Who logs in.' })
  user!: string;
}

@InputType({ description: 'How to reach a platform. Host and user are needed to register one.' })
export class ConnectionInput {
  @Field(() => String, { nullable: true, description: 'Name or address of the machine.' })
  host?: string | null;
  @Field(() => Int, { nullable: true, description: 'Where its SSH server listens; 22 if nothing is said.' })
  port?: number | null;
  @Field(() => String, { nullable: true, description: 'Who logs in.' })
  user?: string | null;
  @Field(() => [HopInput], { nullable: true, description: 'Through these, the nearest first.' })
  jumps?: readonly HopInput[] | null;
}

@InputType({ description: 'What opens a bucket. Stored sealed; only workers can open it.' })
export class AccessKeyInput {
  @Field(() => String, { description: 'Its public half.' })
  accessKeyId!: string;
  @Field(() => String, { description: 'Its secret half.' })
  secretAccessKey!: string;
}

@InputType({ description: 'A bucket of a service that speaks S3. Its name is needed to register one.' })
export class BucketInput {
  @Field(() => String, { nullable: true, description: "As in `https://s3.example.org`; blank is Amazon's." })
  endpoint?: string | null;
  @Field(() => String, { nullable: true, description: 'Where the service has regions, the one of the bucket.' })
  region?: string | null;
  @Field(() => String, { nullable: true, description: 'Its name.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'Results get keys that begin with it and a slash; blank is all of the bucket.' })
  prefix?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: '`ENDPOINT/BUCKET` in place of `BUCKET.ENDPOINT`; true where an endpoint is given.',
  })
  pathStyle?: boolean | null;
}

@InputType({ description: 'A MyTardis, where results are published. Its address and user are needed to register one.' })
export class CuratorInput {
  @Field(() => String, { nullable: true, description: 'As in `https://mytardis.example.org`.' })
  url?: string | null;
  @Field(() => String, { nullable: true, description: 'Who publishes.' })
  user?: string | null;
  @Field(() => Int, { nullable: true, description: 'Mebibytes; larger files are left out. 2048 if nothing is said.' })
  largestFile?: number | null;
}

@InputType({ description: 'Where a cloud is.' })
export class CloudPlaceInput {
  @Field(() => String, { nullable: true, description: '`openstack`, if nothing is said, or `ec2`; it stays.' })
  provider?: string | null;
  @Field(() => String, {
    nullable: true,
    description: "Of Keystone, as in `https://cloud.example.org:5000/v3`; of EC2 blank for Amazon's own.",
  })
  endpoint?: string | null;
  @Field(() => String, { nullable: true, description: 'Of OpenStack blank for the only one, or the first; EC2 needs one.' })
  region?: string | null;
  @Field(() => String, { nullable: true, description: 'Of OpenStack: `public`, if nothing is said, or `internal`.' })
  interface?: string | null;
}

@InputType({
  description:
    'A cloud that makes machines for jobs. Its address, an image, a size, a network and a user are needed to register one; its address and region stay.',
})
export class CloudInput extends CloudPlaceInput {
  @Field(() => String, { nullable: true, description: 'What machines start with: name or id.' })
  image?: string | null;
  @Field(() => String, { nullable: true, description: 'Name or id of a flavor, or an instance type.' })
  size?: string | null;
  @Field(() => String, { nullable: true, description: 'Name or id of a network that workers reach; of EC2, of a subnet.' })
  network?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Of OpenStack: from which network each machine gets a floating address; later it may be another one, but not none.',
  })
  floatingNetwork?: string | null;
  @Field(() => String, { nullable: true, description: 'Who logs in on machines, as in `debian`.' })
  user?: string | null;
  @Field(() => String, { nullable: true, description: 'Blank leaves it to the cloud.' })
  zone?: string | null;
  @Field(() => String, { nullable: true, description: 'From where machines may be reached with SSH, as in `192.0.2.0/24`.' })
  sourceRange?: string | null;
  @Field(() => Int, { nullable: true, description: 'Seconds for a machine to come up; 600 if nothing is said.' })
  bootTimeout?: number | null;
  @Field(() => Float, { nullable: true, description: 'Of one machine, in whatever currency; null is as if nobody had said.' })
  pricePerHour?: number | null;
  @Field(() => String, { nullable: true, description: 'What cloud-init on machines is given, such as a `#cloud-config`.' })
  userData?: string | null;
  @Field(() => Int, { nullable: true, description: 'Most machines that one job may have; 4 if nothing is said.' })
  maxMachines?: number | null;
}

@InputType({ description: 'What opens a cloud without the password of a person. Stored sealed; only workers can open it.' })
export class ApplicationCredentialInput {
  @Field(() => String, { description: 'Its id.' })
  id!: string;
  @Field(() => String, { description: 'Its secret.' })
  secret!: string;
}

@InputType({ description: 'A user of a cloud. Stored sealed; only workers can open it.' })
export class CloudLoginInput {
  @Field(() => String, { description: 'Name of the user.' })
  user!: string;
  @Field(() => String, { nullable: true, description: 'Name of the domain of the user; Default if neither it nor an id is given.' })
  userDomain?: string | null;
  @Field(() => String, { nullable: true, description: 'Id of the domain of the user, in place of its name.' })
  userDomainId?: string | null;
  @Field(() => String, { description: 'With this password.' })
  password!: string;
  @Field(() => String, { nullable: true, description: 'Name of the project in which machines are made.' })
  project?: string | null;
  @Field(() => String, { nullable: true, description: 'Id of the project, in place of its name.' })
  projectId?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Name of the domain of a project that is named; the domain of the user if nothing is given.',
  })
  projectDomain?: string | null;
  @Field(() => String, { nullable: true, description: 'Id of the domain of the project, in place of its name.' })
  projectDomainId?: string | null;
}

@InputType({ description: 'Who reads from a web server. Stored sealed; only workers can open it.' })
export class LoginInput {
  @Field(() => String, { description: 'Who it is.' })
  user!: string;
  @Field(() => String, { description: 'With this password.' })
  password!: string;
}

@InputType({
  description:
    'How Kiln comes to a key that the platform accepts: exactly one of password, privateKey, showKey, accessKey and apiKey; of a web server login, token or none; of a cloud applicationCredential or cloudLogin.',
})
export class EnrolmentInput {
  @Field(() => String, { nullable: true, description: 'Used once, to install a fresh key; of a MyTardis, stored sealed.' })
  password?: string | null;
  @Field(() => String, { nullable: true, description: 'A private key, as in its file.' })
  privateKey?: string | null;
  @Field(() => String, { nullable: true, description: 'Opens the private key.' })
  passphrase?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Kiln makes a key and shows its public half, for you to install.' })
  showKey?: boolean | null;
  @Field(() => AccessKeyInput, { nullable: true, description: 'Of a bucket, for which nothing else will do.' })
  accessKey?: AccessKeyInput | null;
  @Field(() => String, { nullable: true, description: 'Of a MyTardis, in place of a password. Stored sealed.' })
  apiKey?: string | null;
  @Field(() => LoginInput, { nullable: true, description: 'Of a web server that asks for a user and a password.' })
  login?: LoginInput | null;
  @Field(() => String, { nullable: true, description: 'Of a web server that asks for a bearer token. Stored sealed.' })
  token?: string | null;
  @Field(() => ApplicationCredentialInput, { nullable: true, description: 'Of a cloud.' })
  applicationCredential?: ApplicationCredentialInput | null;
  @Field(() => CloudLoginInput, { nullable: true, description: 'Of a cloud, in place of an application credential.' })
  cloudLogin?: CloudLoginInput | null;
}

@InputType({ description: 'What courtesy to a platform asks.' })
export class LimitsInput {
  @Field(() => Int, { nullable: true, description: 'Tasks at once; on a cluster, array elements in the queue. Null is no limit.' })
  tasks?: number | null;
  @Field(() => Int, { nullable: true, description: 'Submissions to the scheduler in a minute.' })
  submissionsPerMinute?: number | null;
  @Field(() => Int, { nullable: true, description: 'Commands in a second.' })
  commandsPerSecond?: number | null;
  @Field(() => Int, { nullable: true, description: 'SSH connections of one worker.' })
  connections?: number | null;
  @Field(() => Int, { nullable: true, description: 'Sessions at once on one connection.' })
  sessions?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds after which a machine that cannot be reached is lost, and its tasks with it; 60 to 31536000.',
  })
  lostAfter?: number | null;
}

@InputType({ description: 'What to say of a platform beyond how to reach it. What is missing stays as it is.' })
export class PlatformSettingsInput {
  @Field(() => String, { nullable: true, description: 'Jobs get their directories below it; blank is the home directory.' })
  root?: string | null;
  @Field(() => String, { nullable: true, description: 'The home directory; blank is what the machine says.' })
  home?: string | null;
  @Field(() => [String], { nullable: true, description: 'Environment modules to load before each task.' })
  modules?: readonly string[] | null;
  @Field(() => String, { nullable: true, description: 'Lines of shell to run before each task, after the modules.' })
  setup?: string | null;
  @Field(() => JSONObject, { nullable: true, description: 'What a job asks of the scheduler unless it says otherwise, all of it.' })
  resources?: Resources | null;
  @Field(() => LimitsInput, { nullable: true, description: 'What courtesy asks.' })
  limits?: LimitsInput | null;
}

@InputType({ description: 'What to change of a platform. What is missing stays as it is.' })
export class UpdatePlatformInput {
  @Field(() => String, { nullable: true, description: 'One sentence for people.' })
  description?: string | null;
  @Field(() => Int, { nullable: true, description: 'Tasks of one job at once; null leaves it to the checks.' })
  slots?: number | null;
  @Field(() => ConnectionInput, { nullable: true, description: 'How to reach it.' })
  connection?: ConnectionInput | null;
  @Field(() => BucketInput, { nullable: true, description: 'Of the kind s3, which bucket it is.' })
  bucket?: BucketInput | null;
  @Field(() => String, {
    nullable: true,
    description: 'Of the kind http, what its files are below, as in `https://data.example.org/sets`.',
  })
  url?: string | null;
  @Field(() => CuratorInput, { nullable: true, description: 'Of the kind mytardis, where it is and who publishes.' })
  curator?: CuratorInput | null;
  @Field(() => CloudInput, { nullable: true, description: 'Of the kind cloud, where it is and what machines are like.' })
  cloud?: CloudInput | null;
  @Field(() => PlatformSettingsInput, { nullable: true, description: 'What to say of it.' })
  settings?: PlatformSettingsInput | null;
  @Field(() => EnrolmentInput, { nullable: true, description: 'Another key.' })
  enrolment?: EnrolmentInput | null;
}

@InputType({ description: 'A platform to register.' })
export class RegisterPlatformInput extends UpdatePlatformInput {
  @Field(() => String, { description: 'Letters, digits, hyphens and dots; 40 at most.' })
  name!: string;
  @Field(() => String, { description: 'unix, slurm, pbs, sge, s3, http, mytardis or cloud.' })
  kind!: string;
}
