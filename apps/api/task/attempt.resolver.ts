import { FieldResolver, Resolver, Root } from 'type-graphql';
import { adviceOn } from './advice.ts';
import { Attempt } from './attempt.type.ts';

@Resolver(() => Attempt)
export class AttemptResolver {
  @FieldResolver(() => String, { nullable: true, description: 'What a person can do about its failure.' })
  advice(@Root() attempt: Attempt): string | null {
    return adviceOn(attempt.failure);
  }
}
