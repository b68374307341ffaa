import { requestMoreIterations, requestStopAfterIteration } from '@kiln/db/steer-job';
import { Arg, Ctx, ID, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Job } from '../job/job.type.ts';
import { ownJob } from '../job/own-job.ts';
import { JSONObject } from '../scalars.ts';
import { SubmitJobResult } from '../submission/submission.type.ts';
import { branch } from './branch.ts';

@ObjectType({ description: 'What became of a branch that was asked for.' })
export class BranchJobResult extends SubmitJobResult {}

@Resolver()
export class IterationResolver {
  @Mutation(() => Job, {
    description:
      'Makes the iteration that a job is in its last one, or with `stop: false` no longer. It succeeds when that iteration has ended.',
  })
  async stopAfterIteration(
    @Arg('id', () => ID, { description: "The job's number." }) id: string,
    @Arg('stop', () => Boolean, { defaultValue: true, description: 'False takes it back.' }) stop: boolean,
    @Ctx() context: Context,
  ): Promise<Job> {
    const job = await ownJob(context, id);
    await requestStopAfterIteration(context.db, job.id, stop);
    return ownJob(context, id);
  }

  @Mutation(() => Job, {
    description: 'Lets a job have further iterations: a live one beyond its maximum, one that succeeded from where it stopped.',
  })
  async continueJob(
    @Arg('id', () => ID, { description: "The job's number." }) id: string,
    @Arg('iterations', () => Int, { description: 'How many more, 1 to 10000.' }) iterations: number,
    @Ctx() context: Context,
  ): Promise<Job> {
    const job = await ownJob(context, id);
    await requestMoreIterations(context.db, job.id, iterations);
    return ownJob(context, id);
  }

  @Mutation(() => BranchJobResult, {
    description:
      'Makes a job that goes on from what an iteration came to, with other parameters; the job that it branches from stays as it is. ' +
      'Platform and output location stay the same.',
  })
  branchJob(
    @Arg('id', () => ID, { description: 'The number of the job to branch from.' }) id: string,
    @Arg('iteration', () => Int, { description: 'The iteration to go on from; counts from 0.' }) iteration: number,
    @Arg('parameters', () => JSONObject, { nullable: true, description: 'Values that differ from those of the job, by parameter name.' })
    parameters: object | null,
    @Ctx() context: Context,
  ): Promise<BranchJobResult> {
    return branch(context, id, iteration, parameters ?? {});
  }
}
