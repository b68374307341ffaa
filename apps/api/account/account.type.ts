import { Field, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars.ts';

@ObjectType({ description: 'Somebody who may sign in.' })
export class User {
  @Field(() => ID, { description: 'Stays the same for good.' })
  id!: string;
  @Field(() => String, { description: 'The name shown to people.' })
  name!: string;
  @Field(() => Boolean, { description: 'May change what concerns everybody, such as which connectors are active.' })
  administrator!: boolean;
}

@ObjectType({ description: 'A personal API token, for scripts and the command line. The token itself is not stored.' })
export class ApiToken {
  @Field(() => ID, { description: 'Names the token; it is not the secret.' })
  id!: string;
  @Field(() => String, { description: 'What it is for, as its owner wrote it.' })
  name!: string;
  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When it was used last, to a minute.' })
  lastUsedAt!: string | null;
}

@ObjectType({ description: 'A new API token with its secret.' })
export class CreatedApiToken {
  @Field(() => String, { description: 'The secret: shown this once. Send it as `Authorization: Bearer …`.' })
  token!: string;
  @Field(() => ApiToken, { description: 'The token as it is listed from now on.' })
  apiToken!: ApiToken;
}
