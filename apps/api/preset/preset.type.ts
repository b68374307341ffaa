import type { Parameters } from '@kiln/domain';
import { Field, ID, ObjectType } from 'type-graphql';
import { DateTime, JSONObject } from '../scalars.ts';

@ObjectType({ description: 'Saved parameters of a connector.' })
export class Preset {
  @Field(() => ID, { description: 'Stays the same when the preset is saved again.' })
  id!: string;
  @Field(() => String, { description: 'Unique among the presets of its owner for the connector.' })
  name!: string;
  @Field(() => String, { description: 'Name of the connector.' })
  connector!: string;
  @Field(() => JSONObject, { description: 'Values by parameter name.' })
  parameters!: Parameters;
  @Field(() => DateTime, { description: 'When it was saved last.' })
  updatedAt!: string;
}
