import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { expressMiddleware } from '@as-integrations/express5';
import { isDatabaseAway } from '@kiln/db/errors';
import { KnownError } from '@kiln/domain';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from 'express';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { type Context, createContext, type Services } from './context.ts';
import { dashboard } from './dashboard.ts';
import { type Door, guard, securityHeaders } from './door.ts';
import { refusal, tellAway, toldError } from './errors.ts';
import { fileRoutes } from './file-routes.ts';
import { limits, MOST_TOKENS } from './limits.ts';
import { metrics } from './metrics.ts';
import { callerOf, type SessionCookie } from './session.ts';
import { signIn } from './sign-in.ts';

interface AppOptions {
  readonly services: Services;
  readonly schema: GraphQLSchema;
  readonly door: Door;
  readonly cookie: SessionCookie;
  readonly dashboardDirectory: string;
  readonly sandbox: boolean;
  readonly publicUrl?: string;
}

/** All that is served over HTTP. */
export async function createApp(options: AppOptions): Promise<{ handler: Express; close(): Promise<void> }> {
  const { services, door, cookie, sandbox } = options;
  const { db } = services;
  const apollo = createApollo(options);
  await apollo.start();
  const caller = (request: Request) => callerOf(db, request.headers.authorization, cookie.read(request));

  const app = express();
  app.disable('x-powered-by').set('query parser', 'simple').set('etag', false);
  app.use(securityHeaders(sandbox));
  app.get('/healthz', async (_request, response) => {
    await db.pool.query('select 1');
    response.json({ ok: true });
  });
  app.use(guard(door));
  app.use(signIn(db, cookie));
  app.get('/metrics', metrics(db, caller));
  app.use('/files', fileRoutes(services, caller, options.publicUrl));
  if (sandbox) app.get('/graphql', express.json(), landingPage(apollo));
  app.use('/graphql', async (request: Request, response: Response, next) => {
    response.locals['caller'] = await caller(request);
    next();
  });
  app.use(
    '/graphql',
    express.json({ limit: '2mb' }),
    expressMiddleware(apollo, {
      context: async ({ res }) =>
        createContext(services, {
          caller: res.locals['caller'], // set just above
          live: false,
          forgetCookie: () => cookie.clear(res),
        }),
    }),
  );
  app.use(dashboard(options.dashboardDirectory));
  app.use(failed(services));
  return { handler: app, close: () => apollo.stop() };
}

function createApollo({ schema, services, sandbox }: AppOptions): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    introspection: true, // for callers who are signed in: nobody else gets this far
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    logger: services.log,
    parseOptions: { maxTokens: MOST_TOKENS },
    validationRules: [...limits],
    formatError: (formatted, error) => toldError(asGraphQLError(error, formatted.message), services.log),
    plugins: [
      sandbox ? ApolloServerPluginLandingPageLocalDefault({ embed: true, includeCookies: true }) : ApolloServerPluginLandingPageDisabled(),
    ],
  });
}

function asGraphQLError(error: unknown, message: string): GraphQLError {
  return error instanceof GraphQLError
    ? error
    : new GraphQLError(message, { originalError: error instanceof Error ? error : new Error(String(error)) });
}

/** A browser that opens /graphql gets the page before it is asked who it is; the page's own calls are. */
function landingPage(apollo: ApolloServer<Context>): RequestHandler {
  const page = expressMiddleware(apollo, {
    context: () => Promise.reject(new KnownError('NOT_SIGNED_IN', 'Only the page itself is open.')),
  });
  return (request, response, next) => (request.accepts('html') && !request.url.includes('query=') ? page(request, response, next) : next());
}

const STATUS: Partial<Record<KnownError['code'], number>> = {
  NOT_SIGNED_IN: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  BAD_INPUT: 400,
  NO_WORKER: 503,
  DATABASE_AWAY: 503,
};

/** Errors outside of GraphQL, in the same form. */
function failed({ log }: Services): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    if (response.headersSent) {
      log.warn({ err: error }, 'An answer broke off.');
      response.destroy();
      return;
    }
    const known = error instanceof KnownError ? error : (away(error) ?? misread(error));
    if (known) {
      response.status(STATUS[known.code] ?? 502).json(refusal(known.code, known.message));
      return;
    }
    const reference = crypto.randomUUID();
    log.error({ reference, err: error }, 'A request failed unexpectedly.');
    response.status(500).json(refusal('INTERNAL', `Something went wrong inside Kiln; its log has the details under ${reference}.`));
  };
}

function away(error: unknown): KnownError | null {
  return isDatabaseAway(error) ? new KnownError('DATABASE_AWAY', tellAway(error), { retryable: true, cause: error }) : null;
}

/** What Express and its body reader throw at requests that are not well formed carries a status of its own. */
function misread(error: unknown): KnownError | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number' || error.status >= 500) return null;
  const tooLarge = error.status === 413;
  return new KnownError(
    'BAD_INPUT',
    tooLarge
      ? `The request is longer than the ${inMegabytes(error)} MB that one may have.`
      : 'The request cannot be read: its body must be JSON and its address well formed.',
  );
}

function inMegabytes(error: Error): number {
  return 'limit' in error ? Math.floor(Number(error.limit) / 1_000_000) : 2;
}
