import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './libs/db/schema.ts',
    './libs/db/schema-accounts.ts',
    './libs/db/schema-runs.ts',
    './libs/db/schema-workers.ts',
    './libs/db/schema-clouds.ts',
  ],
  out: './drizzle',
});
