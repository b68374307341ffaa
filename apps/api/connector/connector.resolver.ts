import { findConnector, listConnectors, setConnectorActive } from '@kiln/db/catalog';
import { KnownError } from '@kiln/domain';
import { Arg, Ctx, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { Context } from '../context.ts';
import { Connector, connectorOf } from './connector.type.ts';
import { followConnectors } from './follow-connectors.ts';

@Resolver()
export class ConnectorResolver {
  @Query(() => [Connector], { description: 'Every connector folder, broken ones with their reason.' })
  async connectors(@Ctx() { db, catalog }: Context): Promise<Connector[]> {
    const rows = await listConnectors(db);
    return rows.map((row) => connectorOf(row, catalog.loaded(row.name)));
  }

  @Query(() => Connector, { nullable: true, description: 'One connector; null if there never was one of that name.' })
  async connector(
    @Arg('name', () => String, { description: 'The name of its folder.' }) name: string,
    @Ctx() { db, catalog }: Context,
  ): Promise<Connector | null> {
    const row = await findConnector(db, name);
    return row && connectorOf(row, catalog.loaded(name));
  }

  @Mutation(() => Connector, { description: 'Administrators only. Jobs of a deactivated connector stay.' })
  async setConnectorActive(
    @Arg('name', () => String, { description: 'The name of its folder.' }) name: string,
    @Arg('active', () => Boolean, { description: 'Whether new jobs of it may be submitted.' }) active: boolean,
    @Ctx() { db, caller, catalog }: Context,
  ): Promise<Connector> {
    if (!caller.user.administrator) throw new KnownError('FORBIDDEN', 'Only an administrator can activate and deactivate connectors.');
    const row = await setConnectorActive(db, name, active);
    if (!row) throw new KnownError('NOT_FOUND', `There is no connector "${name}".`);
    return connectorOf(row, catalog.loaded(name));
  }

  @Subscription(() => Connector, {
    description: 'A connector was added, changed, broken, repaired or (de)activated, or its folder is gone.',
    subscribe: ({ context }: { context: Context }) => followConnectors(context.db, context.hub),
  })
  async connectorsChanged(@Root() name: string, @Ctx() { db, catalog }: Context): Promise<Connector> {
    const row = await findConnector(db, name);
    if (!row) throw new KnownError('NOT_FOUND', `There is no connector "${name}".`);
    return connectorOf(row, catalog.loaded(name));
  }
}
