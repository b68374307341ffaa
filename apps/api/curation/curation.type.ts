import { Field, Float, ID, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: "What of a job's results is published." })
export class Curation {
  @Field(() => String, { description: 'Name of the platform where it is.' })
  curator!: string;
  @Field(() => ID, { nullable: true, description: 'Number of the experiment; null until it is made.' })
  experiment!: number | null;
  @Field(() => String, { nullable: true, description: 'Page of the experiment.' })
  url!: string | null;
  @Field(() => Boolean, { description: 'Everything is there, and verified.' })
  complete!: boolean;
  @Field(() => Int, { description: 'Datasets that are there.' })
  datasets!: number;
  @Field(() => Int, { description: 'Datasets that there will be, as far as is known now.' })
  datasetsInAll!: number;
  @Field(() => Int, { description: 'Files that are there, and verified.' })
  files!: number;
  @Field(() => Float, { description: 'What these files have together.' })
  bytes!: number;
  @Field(() => Int, { description: "Files that were left out; the job's history names them." })
  leftOut!: number;
  @Field(() => [String], { description: 'Schemas that the curator does not know: their parameter sets were left out.' })
  unknownSchemas!: readonly string[];
}
