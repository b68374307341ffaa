import type { Platform } from '@kiln/client/platform-documents';
import { Link } from '@tanstack/react-router';
import { addressText, budget, kindName } from '../../lib/platform-words.ts';
import { many, number } from '../../lib/time.ts';
import { Ago } from '../../parts/ago.tsx';
import list from '../../parts/list.module.css';
import { PlatformStateLabel } from '../../parts/status.tsx';
import { TryNow } from '../../parts/try-now.tsx';
import classes from './platforms.module.css';

const HEADS = ['Platform', 'State', 'Address', 'Runs at once', 'Jobs', 'Connection'];

export function PlatformRows({ platforms }: { readonly platforms: readonly Platform[] }) {
  return (
    <div role="table" aria-label="Platforms" className={`panel ${list['table']}`}>
      <div role="row" className={`${list['row']} ${classes['row']} ${list['head']} ${classes['head']}`}>
        {HEADS.map((head) => (
          <span role="columnheader" key={head}>
            {head}
          </span>
        ))}
      </div>
      {platforms.map((platform) => (
        <PlatformRow key={platform.name} platform={platform} />
      ))}
    </div>
  );
}

function PlatformRow({ platform }: { readonly platform: Platform }) {
  const { name, kind, link, liveJobs, blockedJobs } = platform;
  const address = addressText(platform);
  return (
    <div role="row" className={`${list['row']} ${classes['row']}`}>
      <span role="cell" className={classes['name']}>
        <Link to="/platforms/$name" params={{ name }} className={list['open']}>
          {name}
        </Link>
        <span className={classes['dim']}>{kindName(kind)}</span>
      </span>
      <span role="cell" className={classes['state']}>
        <PlatformStateLabel state={platform.state} />
        <Health platform={platform} />
      </span>
      <span role="cell" className={`${classes['address']} ${address === null ? '' : 'mono'}`}>
        {address ?? 'this machine'}
      </span>
      <span role="cell" className={`${classes['room']} tabular`}>
        {room(platform)}
      </span>
      <span role="cell" className={classes['jobs']}>
        {liveJobs === 0 ? <span className={classes['dim']}>no jobs</span> : many(liveJobs, 'job')}
        {blockedJobs > 0 && (
          <span className={classes['blocked']}>
            {number(blockedJobs)} blocked
            <TryNow platform={name} />
          </span>
        )}
      </span>
      <span role="cell" className={classes['link']}>
        {link && budget(link)}
      </span>
    </div>
  );
}

/** The worst that the last check found, or how long ago it was. */
function Health({ platform: { findings, state, checkedAt } }: { readonly platform: Platform }) {
  const failed = findings.find(({ status }) => status === 'failed');
  const warnings = findings.filter(({ status }) => status === 'warning').length;
  if (state === 'trouble' && failed) return <span className={classes['reason']}>{failed.message}</span>;
  if (state === 'checking' || checkedAt === null) return null;
  return (
    <span className={classes['dim']}>
      {warnings > 0 && `${many(warnings, 'warning')} · `}checked <Ago at={checkedAt} />
    </span>
  );
}

function room({ kind, bucket, url, curator, slots, maxNodes, facts }: Platform): string {
  if (url !== null) return 'input only';
  if (bucket || curator) return 'results only';
  if (kind === 'cloud') return `${many(slots, 'task')} on each of ${many(maxNodes, 'machine')}`;
  const cores = kind === 'unix' ? facts?.cores : facts?.scheduler?.cores;
  return [many(slots, 'task'), ...(cores == null ? [] : [many(cores, 'core')])].join(' · ');
}
