import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: "What the viewer's machines in clouds cost, in whatever currency their platforms' prices are." })
export class Spending {
  @Field(() => Int, { description: 'Over how many days it is counted, until now.' })
  days!: number;
  @Field(() => Float, { description: 'What machines cost within these days, those that are gone too.' })
  spent!: number;
  @Field(() => Float, { description: 'What those that are there now cost in an hour.' })
  perHour!: number;
  @Field(() => Float, {
    nullable: true,
    description: 'When as much is spent, jobs on clouds that have a price are ended; null is no limit.',
  })
  limit!: number | null;
}
