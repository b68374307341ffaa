import type { Parameters, Point } from '@kiln/domain';
import { Field, Int, ObjectType } from 'type-graphql';
import { Job } from '../job/job.type.ts';
import { JSONObject } from '../scalars.ts';

@ObjectType({ description: 'One thing that is wrong with a submission.' })
export class Problem {
  @Field(() => [String], { description: 'Leads to the parameter, as in ["sweep", "var"]; empty when it is about the whole.' })
  path!: readonly string[];
  @Field(() => String, { description: 'A stable code, for programs.' })
  code!: string;
  @Field(() => String, { description: 'One sentence, for people.' })
  message!: string;
}

@ObjectType({ description: 'What became of a submission.' })
export class SubmitJobResult {
  @Field(() => Job, { nullable: true, description: 'Null when there are problems.' })
  job!: Job | null;
  @Field(() => [Problem], { description: 'Everything that is wrong, all at once.' })
  problems!: readonly Problem[];
}

@ObjectType({ description: 'A task that a submission would have.' })
export class PreviewTask {
  @Field(() => Int, { description: 'Counts from 1.' })
  number!: number;
  @Field(() => Int, { description: 'Which of the nodes it would run on, from 1.' })
  node!: number;
  @Field(() => JSONObject, { description: 'Its point of the sweep.' })
  values!: Point;
  @Field(() => String, { nullable: true, description: 'The directory of the input location whose files it gets; null without input.' })
  input!: string | null;
}

@ObjectType({ description: 'What a submission would do.' })
export class JobPreview {
  @Field(() => [Problem], { description: 'Everything that is wrong, all at once.' })
  problems!: readonly Problem[];
  @Field(() => Int, { description: 'Tasks of the first iteration.' })
  taskCount!: number;
  @Field(() => [PreviewTask], { description: 'The first 10.' })
  firstTasks!: readonly PreviewTask[];
  @Field(() => Int, { description: 'Nodes it will use.' })
  nodes!: number;
  @Field(() => JSONObject, { description: 'The parameters with the defaults filled in.' })
  parameters!: Parameters;
}
