import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { preview } from './preview.ts';
import { SubmitJobInput } from './submission.input.ts';
import { JobPreview, SubmitJobResult } from './submission.type.ts';
import { submit } from './submit.ts';

@Resolver()
export class SubmissionResolver {
  @Mutation(() => SubmitJobResult, { description: 'Checks everything, then accepts the job. The same idempotency key gives the same job.' })
  submitJob(
    @Arg('input', () => SubmitJobInput, { description: 'What to run.' }) input: SubmitJobInput,
    @Ctx() context: Context,
  ): Promise<SubmitJobResult> {
    return submit(context, input);
  }

  @Mutation(() => JobPreview, { description: 'What submitJob would do; runs nothing.' })
  previewJob(
    @Arg('input', () => SubmitJobInput, { description: 'What would be run.' }) input: SubmitJobInput,
    @Ctx() context: Context,
  ): Promise<JobPreview> {
    return preview(context, input);
  }
}
