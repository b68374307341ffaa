import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'How an output is called.' })
abstract class OutputName {
  @Field(() => String, { description: 'Its name, as in the connector.' })
  name!: string;
  @Field(() => String, { description: 'Its name for people.' })
  title!: string;
  @Field(() => String, { nullable: true, description: 'Such as kJ/mol; null if it has none.' })
  unit!: string | null;
}

@ObjectType({ description: 'What a swept parameter was in each of the tasks.' })
export class SweptColumn {
  @Field(() => String, { description: 'Name of the parameter.' })
  name!: string;
  @Field(() => [String], { description: 'As text, one for each task.' })
  values!: readonly string[];
}

@ObjectType({ description: 'What a declared output was in each of the rows: tasks, or children of a sweep.' })
export class NumberColumn extends OutputName {
  @Field(() => [Float], { nullable: 'items', description: 'One for each row; null where it was not found.' })
  values!: readonly (number | null)[];
}

@ObjectType({ description: 'What a declared output was in all tasks of a job together.' })
export class CombinedNumber extends OutputName {
  @Field(() => Float, { nullable: true, description: 'What it was; null if no task had it.' })
  value!: number | null;
}

@ObjectType({ description: 'Numbers that tasks of an iteration left, in columns; the tasks are those whose results are home.' })
export class NumberTable {
  @Field(() => Int, { description: 'Which iteration, from 0.' })
  iteration!: number;
  @Field(() => [Int], { description: 'Their numbers, in this order in all columns.' })
  tasks!: readonly number[];
  @Field(() => [SweptColumn], { description: 'Their points of the sweep.' })
  swept!: readonly SweptColumn[];
  @Field(() => [NumberColumn], { description: 'What they came to.' })
  numbers!: readonly NumberColumn[];
  @Field(() => Boolean, { description: 'Whether there are more tasks after these.' })
  more!: boolean;
}
