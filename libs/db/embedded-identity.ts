import { stat } from 'node:fs/promises';
import { KnownError } from '@kiln/domain';
import { type Identity, runProgram } from './embedded-process.ts';

const NOBODY = 65534;
const MYSELF: Identity = { prefix: [] };

const INSTEAD_OF_ROOT: readonly Identity[] = [
  // Root seen as another user: no account, no change of owner.
  { prefix: ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'], owner: 0 },
  // Containers mostly refuse the above. The capability lets the server reach its files inside directories closed to others, as /root.
  {
    prefix: [
      'setpriv',
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      '--',
    ],
    owner: NOBODY,
  },
];

/** The first identity that can write `directory` and run `program`. */
export async function serverIdentity(directory: string, program: string): Promise<Identity> {
  if (process.getuid?.() !== 0) return MYSELF;
  const refusals: unknown[] = [];
  for (const identity of INSTEAD_OF_ROOT) {
    try {
      await runProgram(identity, 'sh', ['-c', 'test -w "$1" && "$2" --version', 'sh', directory, program]);
      return identity;
    } catch (error) {
      refusals.push(error);
    }
  }
  throw new KnownError(
    'INTERNAL',
    'The embedded database cannot run as root here: start Kiln as an ordinary user, or set DATABASE_URL to the address of a PostgreSQL server.',
    { cause: new AggregateError(refusals) },
  );
}

/** Changes the owner of a directory and all in it where that is needed. */
export async function giveTo(identity: Identity, directory: string): Promise<void> {
  if (identity.owner === undefined || (await stat(directory)).uid === identity.owner) return;
  await runProgram(MYSELF, 'chown', ['-R', `${identity.owner}:${identity.owner}`, directory]);
}
