import { graphql, type ResultOf } from './graphql.ts';

export const machinesQuery = graphql(`
  query RentedMachines {
    rentedMachines { platform id name job jobId state address fault pricePerHour cost since listedAt }
  }
`);
/** A machine that Kiln has made in a cloud; `state` is `coming`, `up` or `failed`, `cost` what it has cost so far. */
export type RentedMachine = ResultOf<typeof machinesQuery>['rentedMachines'][number];

const spendingFields = graphql(`fragment SpendingFields on Spending @_unmask { days spent perHour limit }`);

export const spendingQuery = graphql(`query Spending { spending { ...SpendingFields } }`, [spendingFields]);

export const costLimitMutation = graphql(`mutation SetCostLimit($limit: Float) { setCostLimit(limit: $limit) { ...SpendingFields } }`, [
  spendingFields,
]);
/** What machines in clouds cost within `days` days and do in an hour; `limit` is null if there is none. */
export type Spending = ResultOf<typeof spendingFields>;
