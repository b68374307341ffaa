import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Numbers of tasks by state.' })
export class TaskCounts {
  @Field(() => Int, { description: 'All of them.' })
  total!: number;
  @Field(() => Int, { description: 'Those that have a node.' })
  waiting!: number;
  @Field(() => Int, { description: 'Those that have their directory on the node.' })
  scheduled!: number;
  @Field(() => Int, { description: 'Those that run.' })
  running!: number;
  @Field(() => Int, { description: 'Those that ended with exit code 0.' })
  succeeded!: number;
  @Field(() => Int, { description: 'Those that ended otherwise.' })
  failed!: number;
  @Field(() => Int, { description: 'Those that were ended with the job.' })
  cancelled!: number;
}
