import { countJobs, listJobs } from '@kiln/db/jobs';
import { type JobStatus as Status, sweepDirectory } from '@kiln/domain';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { JobStatus } from '../enums.ts';
import { JobConnection } from '../job/job.type.ts';
import { OutputLocation } from '../output/output.type.ts';
import { page, slice } from '../page.ts';
import { Sweep, type SweepRoot } from './sweep.type.ts';

@Resolver(() => Sweep)
export class SweepFieldsResolver {
  @FieldResolver(() => String, { description: 'Name of its directory, which has those of its children.' })
  directory(@Root() sweep: SweepRoot): string {
    return sweepDirectory(sweep);
  }

  @FieldResolver(() => OutputLocation, { description: 'Where its outputs are: storage and path.' })
  output(@Root() sweep: SweepRoot): OutputLocation {
    return { storage: sweep.outputStorage, path: [...sweep.outputPath.split('/').filter(Boolean), sweepDirectory(sweep)].join('/') };
  }

  @FieldResolver(() => JobConnection, { description: 'Its children in the order of their points.' })
  async jobs(
    @Root() sweep: SweepRoot,
    @Arg('statuses', () => [JobStatus], { nullable: true, description: 'Only those that fare in one of these ways.' }) statuses:
      | Status[]
      | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 100, description: 'How many, 500 at most.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: '`endCursor` of the page before.' }) after: string | null,
    @Ctx() { db, caller, spend }: Context,
  ): Promise<JobConnection> {
    const asked = slice(first ?? 100, after);
    spend(asked.first);
    const filter = { sweep: sweep.id, ...(statuses ? { statuses } : {}) };
    const [rows, totalCount] = await Promise.all([
      listJobs(db, caller.user.id, { filter, newestFirst: false, ...asked }),
      countJobs(db, caller.user.id, filter),
    ]);
    return { ...page(rows, asked, (job) => job.id), totalCount };
  }
}
