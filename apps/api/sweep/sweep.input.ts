import { Field, InputType, Int } from 'type-graphql';
import { JSONObject, JSONValue } from '../scalars.ts';

@InputType({ description: 'Jobs of one connector that are asked for as one: a job for each point.' })
export class SubmitSweepInput {
  @Field(() => String, { description: 'Name of the connector.' })
  connector!: string;
  @Field(() => JSONValue, {
    description:
      'What it goes over: a map of name → list of values or text such as "1:8", or a list of such maps. `$zip`, `$sample` and `$where` ' +
      'are for values that go together, for samples and for conditions.',
  })
  over!: unknown;
  @Field(() => JSONObject, { nullable: true, description: "What all its jobs have: values by parameter name, as in the connector's form." })
  parameters?: object | null;
  @Field(() => Int, { nullable: true, description: 'So many of its jobs run at once, 1 to 1000; without it, as suits the platform.' })
  atMost?: number | null;
  @Field(() => String, {
    nullable: true,
    description: 'Any text of up to 200 letters that is new for each sweep: one that is sent twice with the same is one sweep.',
  })
  idempotencyKey?: string | null;
}
