import type { DeclaredOutput as Declared } from '@kiln/domain';
import { Field, ObjectType } from 'type-graphql';
import { OutputKind } from '../enums.ts';

@ObjectType({ description: 'What each task leaves in its files, as its connector tells it.' })
export class DeclaredOutput {
  @Field(() => String, { description: 'Its name, as in the connector.' })
  name!: string;
  @Field(() => OutputKind, { description: 'What it is.' })
  kind!: Declared['kind'];
  @Field(() => String, { description: 'Its name for people.' })
  title!: string;
  @Field(() => String, { nullable: true, description: 'Of a number, such as kJ/mol; null if it has none.' })
  unit!: string | null;
  @Field(() => String, {
    description: "Relative to the task's output directory; `*` and `?` stand for letters of a name, unless it is a number.",
  })
  file!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Of a plot: heading or number of the column that goes across; null is the first one.',
  })
  x!: string | null;
  @Field(() => [String], { nullable: true, description: 'Of a plot: headings or numbers of the columns that go up; null is all others.' })
  y!: readonly string[] | null;
}

export function outputForPeople(declared: Declared): DeclaredOutput {
  const { name, kind, title = name, file } = declared;
  const { unit = null } = kind === 'number' ? declared : {};
  const { x, y } = kind === 'number' ? {} : declared;
  return { name, kind, title, unit, file, x: x === undefined ? null : String(x), y: y?.map(String) ?? null };
}
