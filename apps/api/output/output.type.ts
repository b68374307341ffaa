import type { FileEntry } from '@kiln/domain';
import { Field, Float, ObjectType } from 'type-graphql';
import { EntryKind } from '../enums.ts';
import { DateTime } from '../scalars.ts';

@ObjectType({ description: 'Where the outputs of a job are, whatever machine one looks from.' })
export class OutputLocation {
  @Field(() => String, { description: 'Name of the storage platform.' })
  storage!: string;
  @Field(() => String, { description: "The job's output directory, relative to the storage's root." })
  path!: string;
}

@ObjectType({ description: "A file or directory below a job's output directory, or of a storage." })
export class OutputEntry {
  @Field(() => String, { description: 'Its own name.' })
  name!: string;
  @Field(() => String, { description: "Relative to the job's output directory or the storage's root, with `/` between names." })
  path!: string;
  @Field(() => EntryKind, { description: 'File or directory.' })
  kind!: FileEntry['kind'];
  @Field(() => Float, { description: 'Bytes; 0 for a directory.' })
  size!: number;
  @Field(() => DateTime, { nullable: true, description: 'When it was written last; null where nobody can tell.' })
  modifiedAt!: string | null;
  @Field(() => String, { nullable: true, description: 'Where its bytes are, for a file; takes Range requests.' })
  url!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Of what a task that is not home yet has left so far: the node where it is. It may still change. Null of what is home.',
  })
  node?: string | null;
}
