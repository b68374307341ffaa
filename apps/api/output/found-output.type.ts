import type { Point } from '@kiln/domain';
import { Field, Int, ObjectType } from 'type-graphql';
import { JSONObject } from '../scalars.ts';
import { DeclaredOutput } from './declared-output.type.ts';
import { OutputEntry } from './output.type.ts';

@ObjectType({ description: 'Files of a task that are what its connector declares.' })
export class TaskFiles {
  @Field(() => Int, { description: "The task's number." })
  task!: number;
  @Field(() => JSONObject, { description: 'Its point of the sweep.' })
  values!: Point;
  @Field(() => [OutputEntry], { description: 'In the order of their names, 200 at most.' })
  files!: readonly OutputEntry[];
  @Field(() => Boolean, { description: 'There are more files than these.' })
  cut!: boolean;
}

@ObjectType({ description: 'A page of the files of tasks that are what their connector declares.' })
export class FoundOutput {
  @Field(() => DeclaredOutput, { description: 'What they are.' })
  output!: DeclaredOutput;
  @Field(() => Int, { description: 'Which iteration, from 0.' })
  iteration!: number;
  @Field(() => [TaskFiles], { description: 'The tasks whose results are home, in the order of their numbers, also those that left none.' })
  tasks!: readonly TaskFiles[];
  @Field(() => Boolean, { description: 'Whether there are more tasks after these.' })
  more!: boolean;
}
