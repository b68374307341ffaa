import { found } from './found.ts';
import { type Curation, curationQuery } from './outcome-documents.ts';
import { type Connection, request } from './request.ts';

/** What of jobs' results is published: `kiln.curations`. */
export class Curations {
  constructor(private readonly connection: Connection) {}

  /** Null if the results of the job are not to be published. */
  async of(id: string | number): Promise<Curation | null> {
    return found(id, (await request(this.connection, curationQuery, { id: String(id) })).job).curation;
  }
}
