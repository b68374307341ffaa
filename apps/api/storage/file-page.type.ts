import { Field, Int, ObjectType } from 'type-graphql';
import { OutputEntry } from '../output/output.type.ts';

@ObjectType({ description: 'A part of what is in a directory of a storage: directories first, then by name.' })
export class FilePage {
  @Field(() => [OutputEntry], { description: 'Files and directories; what is neither is not shown.' })
  entries!: readonly OutputEntry[];
  @Field(() => Int, { description: 'How many there are in all, of those that were searched for.' })
  total!: number;
  @Field(() => String, { nullable: true, description: 'Pass it as `after` for the next part; null if nothing follows.' })
  endCursor!: string | null;
}
