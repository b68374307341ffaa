import type { Job } from './documents.ts';
import { KilnError } from './errors.ts';
import { found } from './found.ts';
import type { Iteration } from './outcome-documents.ts';
import * as documents from './outcome-documents.ts';
import { type Connection, request } from './request.ts';

/** What the iterations of a job came to, and how many there are to be: `kiln.iterations`. */
export class Iterations {
  constructor(private readonly connection: Connection) {}

  /** The first one first; also the current one, as far as it is known. */
  async list(id: string | number): Promise<Iteration[]> {
    return found(id, (await request(this.connection, documents.iterationsQuery, { id: String(id) })).job).iterations;
  }

  /** The iteration that the job is in becomes its last one; with `stop: false` no longer. @throws KilnError `CONFLICT` */
  async stopAfter(id: string | number, stop = true): Promise<Job> {
    return (await request(this.connection, documents.stopMutation, { id: String(id), stop })).stopAfterIteration;
  }

  /** The job may have so many more: a live one beyond its maximum, one that succeeded from where it stopped. @throws KilnError `CONFLICT` */
  async continue(id: string | number, iterations: number): Promise<Job> {
    return (await request(this.connection, documents.continueMutation, { id: String(id), iterations })).continueJob;
  }

  /**
   * A new job that goes on from what an iteration (from 0) came to, with `parameters` over those of the job.
   * @throws KilnError with everything that is wrong in `problems`
   */
  async branch(id: string | number, iteration: number, parameters: Readonly<Record<string, unknown>> = {}): Promise<Job> {
    const variables = { id: String(id), iteration, parameters: { ...parameters } };
    const { job, problems } = (await request(this.connection, documents.branchMutation, variables)).branchJob;
    if (job && problems.length === 0) return job;
    throw KilnError.refused(`No branch of job ${id} was made`, problems);
  }
}
