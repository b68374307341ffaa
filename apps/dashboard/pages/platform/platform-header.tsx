import type { Platform } from '@kiln/client/platform-documents';
import { Button, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { addressText, kindName } from '../../lib/platform-words.ts';
import { many } from '../../lib/time.ts';
import { Ago } from '../../parts/ago.tsx';
import { Fact } from '../../parts/fact.tsx';
import { PlatformStateLabel } from '../../parts/status.tsx';
import classes from './platform.module.css';
import { PlatformActions } from './platform-actions.tsx';

export function PlatformHeader({ platform }: { readonly platform: Platform }) {
  const { name, description, kind, provider, bucket, url, curator, checkedAt, slots, maxNodes, liveJobs, blockedJobs } = platform;
  const address = addressText(platform);
  return (
    <header className={classes['header']}>
      <div className={classes['headline']}>
        <nav aria-label="Breadcrumb" className={classes['crumb']}>
          <Link to="/platforms">Platforms</Link> <span aria-hidden="true">/</span>
        </nav>
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Title>
        <span role="status" aria-label="State of the platform" style={{ fontSize: 15 }}>
          <PlatformStateLabel state={platform.state} />
        </span>
        <div className={classes['actions']}>
          {(kind === 'unix' || (provider !== 'local' && kind !== 'cloud')) && (
            <Button component={Link} to={`/platforms/${encodeURIComponent(name)}/files`} size="sm" variant="default">
              Browse files
            </Button>
          )}
          <PlatformActions platform={platform} />
        </div>
      </div>
      {description && <p className={classes['description']}>{description}</p>}
      <dl className={classes['facts']}>
        <Fact name="Kind">{kindName(kind)}</Fact>
        <Fact name="Address">{address === null ? 'this machine' : <span className="mono">{address}</span>}</Fact>
        {!bucket && url === null && !curator && (
          <Fact name="Runs at once">
            {many(slots, 'task')} of a job{maxNodes > 1 && `, on each of ${many(maxNodes, 'machine')}`}
          </Fact>
        )}
        <Fact name="Jobs there">
          {liveJobs === 0 ? 'none' : many(liveJobs, 'job')}
          {blockedJobs > 0 && <span style={{ color: 'var(--kiln-blocked)' }}> · {blockedJobs} blocked</span>}
        </Fact>
        {checkedAt !== null && (
          <Fact name="Last check">
            <Ago at={checkedAt} />
          </Fact>
        )}
      </dl>
    </header>
  );
}
