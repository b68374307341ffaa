import { listRentedMachines } from '@kiln/db/rented-machines';
import { costOf } from '@kiln/domain';
import { Ctx, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { RentedMachine } from './rented-machine.type.ts';

@Resolver()
export class RentedMachineResolver {
  @Query(() => [RentedMachine], { description: "What is rented now on the viewer's platforms, the oldest first." })
  async rentedMachines(@Ctx() { db, caller }: Context): Promise<RentedMachine[]> {
    const now = Date.now();
    return (await listRentedMachines(db, caller.user.id)).map((machine) => ({
      ...machine,
      jobId: /\d+$/.exec(machine.job)?.[0] ?? '',
      cost: machine.pricePerHour === null ? null : costOf([{ ...machine, createdAt: machine.since, goneAt: null }], now),
    }));
  }
}
