import { Field, Float, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars.ts';

@ObjectType({ description: 'A machine that Kiln has made in a cloud and that was there when a worker last listed it.' })
export class RentedMachine {
  @Field(() => String, { description: 'Name of the platform, which may be removed already.' })
  platform!: string;
  @Field(() => ID, { description: "The cloud's." })
  id!: string;
  @Field(() => String, { description: 'What the cloud calls it.' })
  name!: string;
  @Field(() => String, { description: 'Name of the directory of the job that it was made for.' })
  job!: string;
  @Field(() => ID, { description: 'Id of that job.' })
  jobId!: string;
  @Field(() => String, { description: 'coming, up or failed.' })
  state!: string;
  @Field(() => String, { nullable: true, description: 'Null until it has one.' })
  address!: string | null;
  @Field(() => String, { nullable: true, description: 'Of one that failed, in the words of the cloud.' })
  fault!: string | null;
  @Field(() => Float, { nullable: true, description: 'As it was when the machine was made; null if nobody said.' })
  pricePerHour!: number | null;
  @Field(() => Float, { nullable: true, description: 'What it has cost so far at that price, by the second.' })
  cost!: number | null;
  @Field(() => DateTime, { description: 'When it was made.' })
  since!: string;
  @Field(() => DateTime, { description: 'When it was last listed: at least every five minutes if a worker runs.' })
  listedAt!: string;
}
