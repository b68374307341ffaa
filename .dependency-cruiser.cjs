// Who may import whom; the house is drawn in docs/architecture.md.

const TESTS = '(\\.test\\.tsx?|\\.child\\.ts)$|(^|/)testing/';

/** What a part may import besides itself. */
const NEIGHBOURS = {
  'libs/domain': [],
  'libs/engine': ['libs/domain'],
  'libs/platforms': ['libs/domain'],
  'libs/connectors': ['libs/domain'],
  'libs/db': ['libs/domain'],
  'libs/client': ['libs/domain'],
  'libs/testing': ['libs/domain', 'libs/engine', 'libs/platforms', 'libs/connectors', 'libs/db', 'libs/client'],
  'apps/api': ['libs/domain', 'libs/connectors', 'libs/db'],
  'apps/worker': ['libs/domain', 'libs/connectors', 'libs/db', 'libs/engine', 'libs/platforms'],
  'apps/dashboard': ['libs/domain', 'libs/client'],
  'apps/cli': ['libs/domain', 'libs/client', 'libs/connectors', 'libs/db', 'apps/api', 'apps/worker'],
};

/** Packages that one place only may know. */
const KNOWN_TO = {
  'pg|drizzle-orm|graphile-worker': '^libs/db/|^drizzle\\.config\\.ts$',
  'type-graphql|@apollo/server|@as-integrations/[^/]+|express': '^apps/api/',
  ssh2: '^libs/platforms/shells/ssh\\.ts$',
};

const neighbours = Object.entries(NEIGHBOURS).map(([part, others]) => ({
  name: `${part.replace('/', '-')}-has-its-neighbours`,
  comment: `${part} may import ${others.join(', ') || 'nothing of ours'}.`,
  severity: 'error',
  from: { path: `^${part}/`, pathNot: part === 'libs/testing' ? [] : TESTS },
  to: { path: '^(libs|apps)/', pathNot: [part, ...others].map((other) => `^${other}/`) },
}));

const secrets = Object.entries(KNOWN_TO).map(([packages, place]) => ({
  name: `${packages.split('|')[0].replace('/', '-')}-in-one-place`,
  comment: `Only ${place} knows ${packages}.`,
  severity: 'error',
  from: { pathNot: [place, TESTS] },
  to: { path: `node_modules/(${packages})/` },
}));

module.exports = {
  forbidden: [
    ...neighbours,
    ...secrets,
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or three. Types may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-start-reaches-the-installation',
      comment:
        'Commands speak to the API like everybody else; only what starts api and worker, or looks after the installation, reaches behind it.',
      severity: 'error',
      from: { path: '^apps/cli/', pathNot: ['^apps/cli/(main\\.ts$|start/|housekeeping/)', TESTS] },
      to: { path: '^(apps/api|apps/worker|libs/db)/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'The words know neither Node nor any package.',
      severity: 'error',
      from: { path: '^libs/domain/', pathNot: TESTS },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg'] },
    },
    {
      name: 'dashboard-runs-in-browsers',
      comment: 'There is no Node in a browser.',
      severity: 'error',
      from: { path: '^apps/dashboard/', pathNot: [TESTS, 'vite\\.config\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'tests-stay-tests',
      comment: 'Nothing that ships imports what is for tests.',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: TESTS },
      to: { path: `${TESTS}|node_modules/vitest/` },
    },
    {
      name: 'no-broken-imports',
      comment: 'The file or package does not exist, or package.json does not list it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|\\.generated\\.d\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
