import type { Platform } from '@kiln/client/platform-documents';
import { many } from '../../lib/time.ts';
import { Banner } from '../../parts/notice.tsx';
import { Prose } from '../../parts/prose.tsx';
import { TryNow } from '../../parts/try-now.tsx';
import { AcceptHostKey } from './accept-host-key.tsx';
import { changedHostKeys } from './changed-host-keys.ts';
import { InstallKey } from './install-key.tsx';
import { LogInAnew } from './log-in-anew.tsx';
import classes from './platform.module.css';

/** What stands in the way, and what helps. */
export function PlatformBanner({ platform }: { readonly platform: Platform }) {
  const { state, blockedJobs, name } = platform;
  return (
    <div className={classes['banners']}>
      {state === 'trouble' && <Trouble platform={platform} />}
      {blockedJobs > 0 && (
        <Banner
          tone="blocked"
          title={`${many(blockedJobs, 'job')} ${blockedJobs === 1 ? 'waits' : 'wait'} for this platform`}
          actions={<TryNow platform={name} />}
        >
          A blocked job tries again by itself, ever more seldom, and goes on where it was.
        </Banner>
      )}
    </div>
  );
}

/** Findings that another way to log in may mend. */
const LOGIN = ['Login', 'Key', 'Public key', 'Access key'];

function Trouble({ platform }: { readonly platform: Platform }) {
  const { findings, facts, owned, publicKey } = platform;
  const failed = findings.find(({ status }) => status === 'failed');
  const title = failed?.message ?? 'The last check found trouble.';
  if (!owned) return <Banner tone="failed" title={title} />;
  if (changedHostKeys(platform).length > 0)
    return (
      <Banner tone="failed" title="Its host key has changed" actions={<AcceptHostKey platform={platform} prominent />}>
        Kiln does not connect to it until you say that the new key is right; its jobs wait.
      </Banner>
    );
  const loginFailed = LOGIN.some((name) => name === failed?.name);
  const install = loginFailed && facts === null && publicKey !== null;
  const anew = loginFailed && <LogInAnew platform={platform} />;
  if (failed?.name === 'Public key' && install) return <InstallKey platform={platform} actions={anew} />;
  return (
    <>
      <Banner tone="failed" title={<Prose text={title} />} actions={anew}>
        Put it right there, or change the settings here; then check again.
      </Banner>
      {install && <InstallKey platform={platform} />}
    </>
  );
}
