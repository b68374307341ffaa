import { Field, InputType } from 'type-graphql';
import { CloudPlaceInput, EnrolmentInput } from './platform.input.ts';

@InputType({
  description: 'Which cloud to look at: one that is a platform, by its name alone, or another one, by where it is and what opens it.',
})
export class LookAtCloudInput {
  @Field(() => String, { nullable: true, description: 'Name of a platform of the viewer.' })
  platform?: string | null;
  @Field(() => CloudPlaceInput, { nullable: true, description: 'Where it is.' })
  cloud?: CloudPlaceInput | null;
  @Field(() => EnrolmentInput, {
    nullable: true,
    description: 'What opens it. Sealed for the worker that looks, and gone with its answer.',
  })
  enrolment?: EnrolmentInput | null;
}
