import type { IterationEnding as Ending } from '@kiln/domain';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { IterationEnding } from '../enums.ts';

@ObjectType({ description: 'Where a branch left the job that it goes on from.' })
export class Branch {
  @Field(() => ID, { description: 'The job that it goes on from.' })
  job!: number;
  @Field(() => Int, { description: 'The last iteration that the two share, from 0.' })
  iteration!: number;
}

@ObjectType({ description: 'How well a task did; what it means is up to the connector, less is better.' })
export class Score {
  @Field(() => Int, { description: "The task's number." })
  task!: number;
  @Field(() => Float, { description: 'Its score.' })
  score!: number;
}

@ObjectType({ description: 'What an iteration came to.' })
export class Iteration {
  @Field(() => Int, { description: 'Counts from 0.' })
  iteration!: number;
  @Field(() => Float, { nullable: true, description: 'The convergence criterion; null if the connector computes none.' })
  criterion!: number | null;
  @Field(() => [Int], { description: 'The tasks whose results were kept, the best first.' })
  kept!: readonly number[];
  @Field(() => [Score], { description: 'The best (lowest) first, 100 at most.' })
  scores!: readonly Score[];
  @Field(() => IterationEnding, { nullable: true, description: 'Why there was no further iteration; null if there was, or may be.' })
  ending!: Ending | null;
  @Field(() => String, { nullable: true, description: 'One sentence of the connector.' })
  note!: string | null;
}
