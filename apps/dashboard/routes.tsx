import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { compareSearch } from './pages/compare/search.ts';
import { filesSearch } from './pages/files/search.ts';
import { jobPageSearch } from './pages/job/search.ts';
import { jobsSearch } from './pages/jobs/search.ts';
import { Crashed } from './pages/trouble/crashed.tsx';
import { NotFound } from './pages/trouble/not-found.tsx';
import { Loading } from './parts/notice.tsx';
import { Shell } from './parts/shell.tsx';

const root = createRootRoute({ component: Shell });

const connectors = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/connectors/connectors-page.tsx'), 'ConnectorsPage'),
});

const submit = createRoute({
  getParentRoute: () => root,
  path: '/connectors/$name',
  validateSearch: (search: Record<string, unknown>): { from?: string } => {
    const from = String(search['from'] ?? '');
    return /^\d+$/.test(from) ? { from } : {};
  },
  component: lazyRouteComponent(() => import('./pages/submit/submit-page.tsx'), 'SubmitPage'),
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: jobsSearch,
  component: lazyRouteComponent(() => import('./pages/jobs/jobs-page.tsx'), 'JobsPage'),
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$id',
  validateSearch: jobPageSearch,
  component: lazyRouteComponent(() => import('./pages/job/job-page.tsx'), 'JobPage'),
});

const sweeps = createRoute({
  getParentRoute: () => root,
  path: '/sweeps',
  component: lazyRouteComponent(() => import('./pages/sweeps/sweeps-page.tsx'), 'SweepsPage'),
});

const sweep = createRoute({
  getParentRoute: () => root,
  path: '/sweeps/$id',
  component: lazyRouteComponent(() => import('./pages/sweep/sweep-page.tsx'), 'SweepPage'),
});

const machines = createRoute({
  getParentRoute: () => root,
  path: '/machines',
  component: lazyRouteComponent(() => import('./pages/machines/machines-page.tsx'), 'MachinesPage'),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: compareSearch,
  component: lazyRouteComponent(() => import('./pages/compare/compare-page.tsx'), 'ComparePage'),
});

const platforms = createRoute({
  getParentRoute: () => root,
  path: '/platforms',
  component: lazyRouteComponent(() => import('./pages/platforms/platforms-page.tsx'), 'PlatformsPage'),
});

const register = createRoute({
  getParentRoute: () => root,
  path: '/platforms/new',
  component: lazyRouteComponent(() => import('./pages/register/register-page.tsx'), 'RegisterPage'),
});

const platform = createRoute({
  getParentRoute: () => root,
  path: '/platforms/$name',
  component: lazyRouteComponent(() => import('./pages/platform/platform-page.tsx'), 'PlatformPage'),
});

const files = createRoute({
  getParentRoute: () => root,
  path: '/platforms/$name/files',
  validateSearch: filesSearch,
  component: lazyRouteComponent(() => import('./pages/files/files-page.tsx'), 'FilesPage'),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/account/account-page.tsx'), 'AccountPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    connectors,
    submit,
    jobs,
    job,
    sweeps,
    sweep,
    compare,
    platforms,
    register,
    platform,
    machines,
    files,
    account,
  ]),
  defaultPreload: 'intent',
  defaultNotFoundComponent: () => <NotFound />,
  defaultErrorComponent: Crashed,
  defaultPendingComponent: () => (
    <div style={{ padding: '0 28px' }}>
      <Loading what="the page" />
    </div>
  ),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
