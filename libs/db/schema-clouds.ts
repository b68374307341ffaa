import { doublePrecision, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { platforms } from './schema.ts';

/** Machines of clouds that were there when somebody last listed them. Jobs know their own in `nodes`; here is what is paid for, whoever needs it. */
export const rentedMachines = pgTable(
  'rented_machines',
  {
    platform: text('platform')
      .notNull()
      .references(() => platforms.name, { onUpdate: 'cascade', onDelete: 'cascade' }),
    /** The cloud's. */
    id: text('id').notNull(),
    name: text('name').notNull(),
    /** Name of the directory of the job that it was made for. */
    job: text('job').notNull(),
    state: text('state', { enum: ['coming', 'up', 'failed'] }).notNull(),
    address: text('address'),
    fault: text('fault'),
    /** In whatever currency, as it was when the machine was first listed; null if nobody said. */
    pricePerHour: doublePrecision('price_per_hour'),
    /** By this installation's clock. */
    since: instant('since').notNull(),
    listedAt: instant('listed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.id] })],
);
