import { useMutation } from '@apollo/client/react';
import { continueMutation, stopMutation } from '@kiln/client/outcome-documents';
import { hasEnded } from '@kiln/domain';
import { Button, NumberInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { JobPageData } from '../../../lib/documents.ts';
import { Failure } from '../../../parts/notice.tsx';
import classes from './iterations.module.css';

const MOST = 10_000;

/** Ends the iterations earlier, or lets there be more of them. */
export function Steering({ job }: { readonly job: JobPageData }) {
  const live = !hasEnded(job.status) && job.ending === null;
  return (
    <div className={classes['steer']}>
      {live && <StopAfter job={job} />}
      {(live || job.status === 'succeeded') && <GoOn job={job} />}
    </div>
  );
}

function StopAfter({ job: { id, stopAfterIteration } }: { readonly job: JobPageData }) {
  const [stop, { loading, error }] = useMutation(stopMutation);
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        miw={180}
        loading={loading}
        // What fails is in `error`, shown beside it.
        onClick={() => void stop({ variables: { id, stop: !stopAfterIteration } }).catch(() => undefined)}
      >
        {stopAfterIteration ? 'Go on after all' : 'Stop after this iteration'}
      </Button>
      {error && <Failure error={error} />}
    </>
  );
}

function GoOn({ job: { id } }: { readonly job: JobPageData }) {
  const [more, setMore] = useState<number | string>(5);
  const [goOn, { loading, error }] = useMutation(continueMutation);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What fails is in `error`, shown beside it.
    void goOn({ variables: { id, iterations: Number(more) } }).catch(() => undefined);
  };
  return (
    <form onSubmit={submit}>
      <span>Go on for</span>
      <NumberInput
        aria-label="How many more iterations"
        size="xs"
        w={72}
        min={1}
        max={MOST}
        allowDecimal={false}
        allowNegative={false}
        clampBehavior="strict"
        value={more}
        onChange={setMore}
      />
      <span>more</span>
      <Button type="submit" size="compact-sm" variant="default" loading={loading} disabled={Number(more) < 1}>
        Go on
      </Button>
      {error && <Failure error={error} />}
    </form>
  );
}
