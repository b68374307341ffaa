import { Field, InputType } from 'type-graphql';
import { JSONObject } from '../scalars.ts';

@InputType({ description: 'A preset to save.' })
export class SavePresetInput {
  @Field(() => String, { description: 'Name of the connector.' })
  connector!: string;
  @Field(() => String, { description: 'A preset of the viewer with this name is replaced.' })
  name!: string;
  @Field(() => JSONObject, { description: 'Values by parameter name; they need not be complete.' })
  parameters!: object;
}
