import { graphql, type ResultOf } from './graphql.ts';

export const machinesQuery = graphql(`
  query RentedMachines {
    rentedMachines { platform id name job jobId state address fault pricePerHour cost since listedAt }
  }
`);
/** A machine that Kiln has made in a cloud; `state` is `coming`, `up` or `failed`, `cost` what it has cost so far. */
export type RentedMachine = ResultOf<typeof machinesQuery>['rentedMachines'][number];
