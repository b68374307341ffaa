import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { NumberColumn } from './number.type.ts';

@ObjectType({ description: 'Numbers that children of a sweep came to, in columns: each of the tasks of its current iteration together.' })
export class SweepNumberTable {
  @Field(() => [ID], { description: 'The children, in this order in all columns.' })
  jobs!: readonly number[];
  @Field(() => [Int], { description: 'How many tasks of each have succeeded and are home.' })
  tasks!: readonly number[];
  @Field(() => [NumberColumn], { description: 'What they came to.' })
  numbers!: readonly NumberColumn[];
  @Field(() => Boolean, { description: 'Whether there are more children after these.' })
  more!: boolean;
}

@ObjectType({ description: 'What one output was in each task of each child, in columns; where it was not found, there is no row.' })
export class SweepTaskNumbers {
  @Field(() => [ID], { description: 'The children.' })
  jobs!: readonly number[];
  @Field(() => [Int], { description: 'Numbers of their tasks.' })
  tasks!: readonly number[];
  @Field(() => [Float], { description: 'What it was.' })
  values!: readonly number[];
  @Field(() => Boolean, { description: 'Whether there are more after these.' })
  more!: boolean;
}
