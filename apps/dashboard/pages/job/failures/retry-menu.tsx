import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import type { JobPageData } from '../../../lib/documents.ts';
import { Icon } from '../../../parts/icon.tsx';
import { AskAmount } from './ask-amount.tsx';
import type { RetryChoice } from './retry-choices.ts';
import { useRetryChoices } from './use-retry-choices.ts';

/** Ways to retry that the failures do not call for, and that make sense where the job runs. */
export function RetryMenu({ job }: { readonly job: JobPageData }) {
  const choices = useRetryChoices(job).filter(({ called }) => !called);
  const [asking, setAsking] = useState<RetryChoice | null>(null);
  if (choices.length === 0) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="sm" px={8} aria-label="More ways to retry">
            <Icon name="down" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {choices.map((choice) => (
            <Menu.Item key={choice.what} onClick={() => setAsking(choice)}>
              Retry with more {choice.what}…
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {asking && <AskAmount jobId={job.id} choice={asking} onClose={() => setAsking(null)} />}
    </>
  );
}
