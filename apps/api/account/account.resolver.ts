import { createApiToken, listApiTokens, revoke } from '@kiln/db/accounts';
import { KnownError } from '@kiln/domain';
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { checked } from '../checked.ts';
import type { Context } from '../context.ts';
import { ApiToken, CreatedApiToken, User } from './account.type.ts';

const tokenName = z
  .string()
  .trim()
  .min(1, 'Give the token a name, such as what will use it.')
  .max(100, 'The name of a token has at most 100 letters.');

@Resolver()
export class AccountResolver {
  @Query(() => User, { description: 'Who is asking.' })
  viewer(@Ctx() { caller }: Context): User {
    return caller.user;
  }

  @Query(() => [ApiToken], { description: "The viewer's personal API tokens." })
  apiTokens(@Ctx() { db, caller }: Context): Promise<ApiToken[]> {
    return listApiTokens(db, caller.user.id);
  }

  @Mutation(() => CreatedApiToken, { description: 'Makes a personal API token for the viewer.' })
  async createApiToken(
    @Arg('name', () => String, { description: 'What it is for.' }) name: string,
    @Ctx() { db, caller }: Context,
  ): Promise<CreatedApiToken> {
    const { token, row } = await createApiToken(db, caller.user.id, checked(tokenName, name));
    return { token, apiToken: row };
  }

  @Mutation(() => ID, { description: 'Ends a personal API token at once, with what is subscribed by it. Gives its id.' })
  async revokeApiToken(@Arg('id', () => ID, { description: 'Which token.' }) id: string, @Ctx() context: Context): Promise<string> {
    const { db, caller } = context;
    if (!(await revoke(db, caller.user.id, id)))
      throw new KnownError('NOT_FOUND', 'You have no such token; it may have been revoked already.');
    await context.recheckSockets();
    return id;
  }

  @Mutation(() => Boolean, { description: 'Ends the session or token that this call is made with.' })
  async signOut(@Ctx() context: Context): Promise<boolean> {
    const ended = await revoke(context.db, context.caller.user.id, context.caller.tokenId);
    context.forgetCookie();
    await context.recheckSockets();
    return ended;
  }
}
