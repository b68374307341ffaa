import type { Failure } from '@kiln/domain';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars.ts';
import { Trouble } from '../trouble.type.ts';

@ObjectType({ description: 'A run of a task that was followed by another.' })
export class Attempt {
  @Field(() => Int, { description: 'Counts from 1.' })
  attempt!: number;
  @Field(() => String, { description: 'Name of the node that it ran on.' })
  node!: string;
  @Field(() => Int, { nullable: true, description: 'What its program ended with; null if nobody knows.' })
  exitCode!: number | null;
  @Field(() => Trouble, { nullable: true, description: 'Why it failed.' })
  failure!: Failure | null;
  @Field(() => DateTime, { nullable: true, description: "When it began, by the node's clock." })
  startedAt!: string | null;
  @Field(() => DateTime, { nullable: true, description: "When it ended, by the node's clock." })
  endedAt!: string | null;
}

@ObjectType({ description: 'How many tasks failed in the same way.' })
export class FailureCount {
  @Field(() => String, { description: 'The stable code of the failure.' })
  code!: string;
  @Field(() => Int, { description: 'Tasks that failed so.' })
  count!: number;
  @Field(() => String, { description: 'What a person can do about it.' })
  advice!: string;
}

@ObjectType({ description: 'What trying again has cost a job.' })
export class RetryCost {
  @Field(() => Int, { description: 'Attempts that were followed by another.' })
  attempts!: number;
  @Field(() => Int, { description: 'Tasks that had more than one attempt.' })
  tasks!: number;
  @Field(() => Float, { description: "How long these attempts ran in all, by their nodes' clocks." })
  lostMilliseconds!: number;
}
