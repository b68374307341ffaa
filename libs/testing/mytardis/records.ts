import { createHash } from 'node:crypto';

/** What a MyTardis keeps, as far as Kiln has to do with it. */
export interface Records {
  readonly experiments: Experiment[];
  readonly datasets: Dataset[];
  readonly files: DataFile[];
  /** Names of parameters by namespace of their schema. */
  readonly schemas: Map<string, string[]>;
}

export interface StoredSet {
  readonly schema: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Experiment {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly owner: string;
  readonly sets: StoredSet[];
}

export interface Dataset {
  readonly id: number;
  readonly description: string;
  readonly experiments: readonly number[];
  readonly sets: StoredSet[];
}

export interface DataFile {
  readonly id: number;
  readonly dataset: number;
  readonly directory: string;
  readonly filename: string;
  readonly size: string;
  readonly md5sum: string;
  readonly mimetype: string;
  readonly content: Buffer;
  /** How often it has been looked at since it came. */
  looks: number;
}

export function md5Of(content: Buffer): string {
  return createHash('md5').update(content).digest('hex');
}

/** What its background task comes to: whether the file is what its record says. */
export function matches({ content, size, md5sum }: DataFile): boolean {
  return Number(size) === content.length && md5sum === md5Of(content);
}

/** An answer other than what was asked for, with Tastypie's status. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
