import type { Parameters } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import { index, json, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { users } from './schema.ts';

/** One-time sign-in links, browser sessions and personal API tokens; only their SHA-256 is stored. */
export const tokens = pgTable(
  'tokens',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['sign-in', 'session', 'api'] }).notNull(),
    hash: text('hash').notNull().unique(),
    name: text('name').notNull().default(''),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    lastUsedAt: instant('last_used_at'),
    expiresAt: instant('expires_at'),
  },
  (t) => [index('tokens_user').on(t.userId)],
);

export const presets = pgTable(
  'presets',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    connector: text('connector').notNull(),
    name: text('name').notNull(),
    /** `json`, not `jsonb`: the order of a sweep's parameters counts. */
    parameters: json('parameters').$type<Parameters>().notNull(),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
  },
  (t) => [unique('presets_name').on(t.ownerId, t.connector, t.name)],
);
