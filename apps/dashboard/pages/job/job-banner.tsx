import { hasEnded } from '@kiln/domain';
import { Link } from '@tanstack/react-router';
import { useNow } from '../../lib/clock.ts';
import type { JobPageData } from '../../lib/documents.ts';
import { ago, localTime, many, number } from '../../lib/time.ts';
import { Ago } from '../../parts/ago.tsx';
import { Banner } from '../../parts/notice.tsx';
import { TryNow } from '../../parts/try-now.tsx';
import { RetrySuggestions } from './failures/retry-suggestions.tsx';

/** Why it is not going well: the reason, its code, and what happens next. */
export function JobBanner({ job }: { readonly job: JobPageData }) {
  const { blocked, ending, status } = job;
  if (status === 'blocked' && blocked) {
    return (
      <Space>
        <Banner tone="blocked" title={blocked.message} actions={<TryNow platform={job.platform} />}>
          <Code code={blocked.code} /> Blocked <Ago at={blocked.since} /> · {many(blocked.attempts, 'try').replace('trys', 'tries')} ·{' '}
          <NextTry until={blocked.until} />
        </Banner>
      </Space>
    );
  }
  if (status === 'waiting') {
    return (
      <Space>
        <Banner tone="neutral" title="It waits for its turn">
          Its sweep runs only so many jobs at once.
        </Banner>
      </Space>
    );
  }
  if (!ending) return null;
  const cancelled = ending.code === 'CANCELLED' || status === 'cancelled';
  return (
    <Space>
      <Banner tone={cancelled ? 'neutral' : 'failed'} title={ending.message} actions={<RetrySuggestions job={job} />}>
        <Code code={ending.code} />{' '}
        {hasEnded(status) ? 'Nothing that it rented or started is left.' : 'It is giving back what it rented and started.'}
        {!cancelled && job.failures.length > 0 && <Failures job={job} />}
      </Banner>
    </Space>
  );
}

/** What went wrong how often; what can be done about it is one step away. */
function Failures({ job: { failures } }: { readonly job: JobPageData }) {
  return (
    <div>
      {failures.map(({ code, count }) => (
        <span key={code} className="tabular" style={{ marginInlineEnd: 12, whiteSpace: 'nowrap' }}>
          <span className="mono" style={{ fontSize: 12 }}>
            {code}
          </span>{' '}
          {number(count)}
        </span>
      ))}
      <Link
        from="/jobs/$id"
        to="."
        search={({ tab: _tab, ...search }) => ({ ...search, tab: 'failures' as const })}
        resetScroll={false}
        style={{ color: 'inherit' }}
      >
        See what to do
      </Link>
    </div>
  );
}

function NextTry({ until }: { readonly until: string }) {
  const now = useNow();
  return <span title={localTime(until)}>{Date.parse(until) <= now ? 'trying again now' : `next try ${ago(until, now)}`}</span>;
}

function Code({ code }: { readonly code: string }) {
  return (
    <span className="mono" style={{ fontSize: 12, marginInlineEnd: 8 }}>
      {code}
    </span>
  );
}

function Space({ children }: { readonly children: React.ReactNode }) {
  return <div style={{ marginBottom: 16 }}>{children}</div>;
}
