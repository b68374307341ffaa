import { Field, Int, ObjectType } from 'type-graphql';
import { DateTime } from './scalars.ts';

@ObjectType({ description: 'Why something did not work out.' })
export class Trouble {
  @Field(() => String, { description: 'A stable code, for programs.' })
  code!: string;
  @Field(() => String, { description: 'One sentence, for people.' })
  message!: string;
}

@ObjectType({ description: 'Trouble that is expected to pass; the job goes on by itself when it has.' })
export class Blocked {
  @Field(() => String, { description: 'A stable code, for programs.' })
  code!: string;
  @Field(() => String, { description: 'One sentence, for people.' })
  message!: string;
  @Field(() => Int, { description: 'How often it was tried since then.' })
  attempts!: number;
  @Field(() => DateTime, { description: 'Since when.' })
  since!: string;
  @Field(() => DateTime, { description: 'When it is tried next.' })
  until!: string;
}
