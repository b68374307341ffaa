import { formSchema } from '@kiln/connectors/form';
import { fittingPlatforms } from '@kiln/connectors/system-parameters';
import { listPlatforms } from '@kiln/db/platforms';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { choicesOf } from '../platform/choices.ts';
import { Platform } from '../platform/platform.type.ts';
import { JSONObject } from '../scalars.ts';
import { Connector } from './connector.type.ts';

@Resolver(() => Connector)
export class ConnectorFieldsResolver {
  @FieldResolver(() => JSONObject, {
    nullable: true,
    description:
      'JSON Schema (draft-07) of the form. Each property has `x-section` (compute, locations, reliability, sweep, domain) and may have `x-only-when`. Null while there is no sound version at hand.',
  })
  async form(@Root() { loaded }: Connector, @Ctx() { db, caller }: Context): Promise<object | null> {
    return loaded && formSchema(loaded.connector, await choicesOf(db, caller.user.id));
  }

  @FieldResolver(() => [Platform], { description: 'Platforms of the viewer that it can run on.' })
  async platforms(@Root() { loaded }: Connector, @Ctx() { db, caller }: Context): Promise<Platform[]> {
    const platforms = await listPlatforms(db, caller.user.id);
    return loaded ? fittingPlatforms(loaded.connector, platforms) : [];
  }
}
