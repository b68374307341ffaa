import type { Database } from '@kiln/db/connect';

/** A link that signs the administrator in to the dashboard, once. */
export async function makeSignInLink(db: Database, url: string): Promise<string> {
  const { createSignInToken, ensureAdministrator } = await import('@kiln/db/accounts');
  const administrator = await ensureAdministrator(db);
  const link = new URL('/sign-in', url);
  link.searchParams.set('token', await createSignInToken(db, administrator.id));
  return link.href;
}

/** A token for the command line on this machine. */
export async function makeCliToken(db: Database): Promise<string> {
  const { createApiToken, ensureAdministrator } = await import('@kiln/db/accounts');
  const administrator = await ensureAdministrator(db);
  return (await createApiToken(db, administrator.id, 'kiln on this machine')).token;
}
