import { listNumbers } from '@kiln/db/job-numbers';
import { filesOf, KnownError, outputPath } from '@kiln/domain';
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { Job } from '../job/job.type.ts';
import { DeclaredOutput, outputForPeople } from './declared-output.type.ts';
import { FoundOutput, type TaskFiles } from './found-output.type.ts';
import { fileUrl } from './output-path.ts';

const MOST = 100;

@Resolver(() => Job)
export class FoundOutputResolver {
  @FieldResolver(() => [DeclaredOutput], { description: 'What each task leaves in its files, as its connector says now.' })
  declaredOutputs(@Root() job: Job, @Ctx() { catalog }: Context): readonly DeclaredOutput[] {
    return (catalog.loaded(job.connector)?.connector.outputs ?? []).map(outputForPeople);
  }

  @FieldResolver(() => FoundOutput, {
    description: "Files that tasks left and that are one of their connector's declared outputs, in the order of the tasks.",
  })
  async foundOutput(
    @Root() job: Job,
    @Arg('name', () => String, { description: 'Name of a declared output that is no number.' }) name: string,
    @Arg('iteration', () => Int, { nullable: true, description: 'Which iteration; the current one without it.' }) wanted: number | null,
    @Arg('first', () => Int, { defaultValue: 20, description: `How many tasks, ${MOST} at most.` }) first: number,
    @Arg('after', () => Int, { defaultValue: 0, description: 'Only tasks with larger numbers.' }) after: number,
    @Ctx() { db, asker, catalog, spend }: Context,
  ): Promise<FoundOutput> {
    if (first < 1 || first > MOST) throw new KnownError('BAD_INPUT', `Files of 1 to ${MOST} tasks are found at once.`);
    spend(10 * first);
    const known = filesOf(catalog.loaded(job.connector)?.connector.outputs ?? []);
    const declared = known.find((output) => output.name === name);
    if (!declared)
      throw new KnownError(
        'NOT_FOUND',
        `${job.connector} declares no files '${name}'${known.length > 0 ? `; it has ${known.map((output) => output.name).join(', ')}` : ''}.`,
      );
    const iteration = wanted ?? job.iteration;
    const rows = await listNumbers(db, { jobId: job.id, iteration, after, limit: first + 1 });
    const shown = rows.slice(0, first);
    const directories = shown.map(({ number }) => outputPath({ number, iteration }));
    const question = { kind: 'find-outputs', jobId: job.id, directories, pattern: declared.file } as const;
    const answer = shown.length === 0 ? [] : (await asker.ask<'find-outputs'>(question)).answer;
    const tasks = shown.map(({ number, values }, at): TaskFiles => {
      const { files = [], cut = false } = answer[at] ?? {};
      const entries = files.map((file) => {
        const path = `${directories[at]}/${file.path}`;
        return { ...file, kind: 'file' as const, path, name: path.split('/').at(-1) ?? '', url: fileUrl(job.id, path.split('/')) };
      });
      return { task: number, values, files: entries, cut };
    });
    return { output: outputForPeople(declared), iteration, tasks, more: rows.length > first };
  }
}
