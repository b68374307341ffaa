import { useQuery } from '@apollo/client/react';
import { machinesQuery, type RentedMachine } from '@kiln/client/machine-documents';
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { many, money } from '../../lib/time.ts';
import { Ago, Elapsed } from '../../parts/ago.tsx';
import list from '../../parts/list.module.css';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { MachineStateLabel } from '../../parts/status.tsx';
import { Costs } from './costs.tsx';
import classes from './machines.module.css';

/** Milliseconds until they are read again. */
const PAUSE = 5000;

/** What is rented now, since when, for which job, and at what price. */
export function MachinesPage() {
  const { data, error, refetch } = useQuery(machinesQuery, { fetchPolicy: 'network-only', pollInterval: PAUSE });
  const machines = data?.rentedMachines;
  return (
    <Page name="Rented machines" heading="Rented machines">
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!machines && !error && <Loading what="machines" />}
      <Costs />
      {machines?.length === 0 && (
        <Empty title="No machine is rented">
          Machines that Kiln makes in clouds for jobs are here until they are gone. Clouds are among the{' '}
          <Link to="/platforms">platforms</Link>.
        </Empty>
      )}
      {machines && machines.length > 0 && (
        <>
          <Total machines={machines} />
          <MachineRows machines={machines} />
        </>
      )}
    </Page>
  );
}

function Total({ machines }: { readonly machines: readonly RentedMachine[] }) {
  const sum = (numbers: readonly (number | null)[]) => numbers.reduce<number>((all, one) => all + (one ?? 0), 0);
  const unpriced = machines.filter(({ pricePerHour }) => pricePerHour === null).length;
  return (
    <p className={classes['total']}>
      {many(machines.length, 'machine')}, {money(sum(machines.map(({ cost }) => cost)))} so far and{' '}
      {money(sum(machines.map(({ pricePerHour }) => pricePerHour)))} an hour
      {unpriced > 0 && `; of ${unpriced} nobody has said the price`}.
    </p>
  );
}

const TITLES = ['State', 'Machine', 'Job', 'Platform', 'Rented for', 'Cost', 'Listed'];

function MachineRows({ machines }: { readonly machines: readonly RentedMachine[] }) {
  return (
    <div className={`panel ${list['table']}`} role="table" aria-label="Rented machines">
      <div role="row" className={`${list['row']} ${classes['row']} ${list['head']} ${classes['head']}`}>
        {TITLES.map((title) => (
          <span role="columnheader" key={title}>
            {title}
          </span>
        ))}
      </div>
      {machines.map((machine) => (
        <MachineRow key={`${machine.platform} ${machine.id}`} machine={machine} />
      ))}
    </div>
  );
}

function MachineRow({ machine }: { readonly machine: RentedMachine }) {
  const { platform, id, name, job, jobId, state, address, fault, pricePerHour, cost, since, listedAt } = machine;
  return (
    <div role="row" className={`${list['row']} ${classes['row']}`}>
      <span role="cell">
        <MachineStateLabel state={state} />
      </span>
      <span role="cell" className={classes['name']} title={id}>
        {name}
        <small>{fault ?? address ?? 'no address yet'}</small>
      </span>
      <span role="cell">
        <Anchor component={Link} to={`/jobs/${jobId}`} size="sm">
          {job}
        </Anchor>
      </span>
      <span role="cell" className={classes['quiet']}>
        {platform}
      </span>
      <span role="cell" data-title="for">
        <Elapsed from={since} to={null} />
      </span>
      <span role="cell" className={`tabular ${classes['cost']}`}>
        {cost === null ? '–' : money(cost)}
        <small>{pricePerHour === null ? 'no price said' : `${money(pricePerHour)} an hour`}</small>
      </span>
      <span role="cell" className={classes['quiet']} data-title="listed">
        <Ago at={listedAt} />
      </span>
    </div>
  );
}
