import { Field, InputType } from 'type-graphql';
import { JSONObject } from '../scalars.ts';

@InputType({ description: 'What is asked to be run.' })
export class SubmitJobInput {
  @Field(() => String, { description: 'Name of the connector.' })
  connector!: string;
  @Field(() => JSONObject, {
    nullable: true,
    description: "Values by parameter name, as in the connector's form. `sweep` is a map of name → list of values.",
  })
  parameters?: object | null;
  @Field(() => String, {
    nullable: true,
    description: 'Any text of up to 200 letters that is new for each job: a submission that is sent twice with the same one is one job.',
  })
  idempotencyKey?: string | null;
}
