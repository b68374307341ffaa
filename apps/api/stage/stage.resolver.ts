import { STAGES, TRANSITIONS } from '@kiln/domain';
import { Query, Resolver } from 'type-graphql';
import { Stage } from './stage.type.ts';

@Resolver()
export class StageResolver {
  @Query(() => [Stage], { description: 'The stages of a job and which may follow which.' })
  stages(): Stage[] {
    return STAGES.map((name) => ({ name, next: TRANSITIONS[name] }));
  }
}
