import { Link, Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useChangedJobs } from '../lib/changed-jobs.ts';
import { client } from '../lib/client.ts';
import { connectorsChanged } from '../lib/documents.ts';
import { useFollow } from '../lib/live.ts';
import { useSignedOut } from '../lib/session.ts';
import { SignedOut } from '../pages/signed-out/signed-out.tsx';
import { ConnectionIndicator } from './connection-indicator.tsx';
import { Icon } from './icon.tsx';
import { SchemeSwitch } from './scheme-switch.tsx';
import classes from './shell.module.css';

/** What is around every page. It follows the reader's jobs, so that there is always a connection to tell the truth about. */
export function Shell() {
  const signedOut = useSignedOut();
  useSlashFocusesSearch();
  return (
    <>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <header className={classes['header']}>
        <Link to="/" className={classes['brand']} aria-label="Kiln, connectors">
          <Mark />
          <span>Kiln</span>
        </Link>
        {!signedOut && <Navigation />}
        <div className={classes['end']}>
          {!signedOut && <ConnectionIndicator />}
          <SchemeSwitch />
          {!signedOut && (
            <Link to="/account" className={classes['account']} aria-label="Account" title="Account">
              <Icon name="user" size={16} />
            </Link>
          )}
        </div>
      </header>
      <main id="content" tabIndex={-1} className={classes['main']}>
        {signedOut ? <SignedOut /> : <Signed />}
      </main>
    </>
  );
}

function Signed() {
  useChangedJobs();
  useFollow('connectors', connectorsChanged, {
    variables: () => ({}),
    message: ({ connectorsChanged: changed }) => {
      client.cache.modify({
        fields: {
          // A new folder is not in the list yet; its own fields are written by its identity.
          connectors: (known, { toReference }) => {
            const reference = toReference(changed, true);
            if (!Array.isArray(known) || !reference) return known;
            return known.some((one) => one?.__ref === reference.__ref) ? [...known] : [...known, reference];
          },
        },
      });
    },
  });
  return <Outlet />;
}

function Navigation() {
  return (
    <nav aria-label="Main" className={classes['navigation']}>
      <Link to="/" className={classes['link']} activeOptions={{ exact: true }}>
        Connectors
      </Link>
      <Link to="/jobs" className={classes['link']}>
        Jobs
      </Link>
      <Link to="/sweeps" className={classes['link']}>
        Sweeps
      </Link>
      <Link to="/platforms" className={classes['link']}>
        Platforms
      </Link>
    </nav>
  );
}

function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#b4471f" />
      <path d="M8 25V15a8 8 0 0 1 16 0v10" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
      <path d="M16 15c2.6 2.6 3.6 4.2 3.6 6.1a3.6 3.6 0 0 1-7.2 0c0-1.9 1-3.5 3.6-6.1z" fill="#fff" />
    </svg>
  );
}

function useSlashFocusesSearch(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target;
      if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) return;
      const search = document.querySelector<HTMLInputElement>('input[data-search]');
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
