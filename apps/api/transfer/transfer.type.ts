import type { TransferDirection as Direction } from '@kiln/domain';
import { Field, Float, ObjectType } from 'type-graphql';
import { TransferDirection } from '../enums.ts';

@ObjectType({ description: 'Files on their way, as a stream of so many bytes.' })
export class Transfer {
  @Field(() => TransferDirection, { description: 'Where to.' })
  direction!: Direction;
  @Field(() => Float, { description: 'Bytes so far.' })
  bytes!: number;
  @Field(() => Float, { description: 'Bytes in the last second.' })
  rate!: number;
}
