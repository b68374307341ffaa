import { type SQL, sql } from 'drizzle-orm';
import { jobs } from './schema.ts';

/** The name of the platform where a job's results are published; null or blank if they are not. */
export const curatorOf: SQL<string | null> = sql`${jobs.parameters}->>'curator'`;
