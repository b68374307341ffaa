import type { Finding, PlatformFacts, PlatformSettings } from '@kiln/domain';
import type { Shell } from '../shells/shell.ts';

/** What jobs need on a machine. */
const TOOLS = ['tar', 'setsid', 'tail', 'head', 'awk', 'mkfifo', 'grep', 'gzip', 'tr', 'xargs', 'find'];
/** Kibibytes. */
const LEAST_FREE = 100 * 1024;
const LITTLE_FREE = 1024 * 1024;
/** Seconds. */
const SKEW = 5;
/** Jobs have their directories in it, below the root path. */
const WORKING_DIRECTORY = '.kiln';

type Found = (...findings: readonly Finding[]) => Promise<void>;

/** Looks at the machine itself; null if jobs cannot run there. */
export async function examineMachine(
  shell: Shell,
  settings: PlatformSettings,
  found: Found,
): Promise<Omit<PlatformFacts, 'scheduler'> | null> {
  const quiet = await shell.run(['printf', 'kiln']);
  if (quiet.stdout !== 'kiln') {
    const said = quiet.stdout.replace(/kiln$/, '').trim().slice(0, 200);
    const message = `The login shell prints “${said || quiet.stderr.trim().slice(0, 200)}” even without a terminal; take that out of its start files (.bashrc).`;
    await found({ name: 'Login shell', status: 'failed', message });
    return null;
  }
  const asked = Date.now();
  const { code, stdout, stderr } = await shell.run(['sh', '-c', LOOK, 'sh', settings.home, settings.root, WORKING_DIRECTORY, ...TOOLS]);
  const facts = new Map(
    stdout
      .split('\n')
      .flatMap((line) => (line.includes('=') ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]] : [])),
  );
  const fact = (name: string) => facts.get(name) ?? '';
  if (code !== 0) {
    const why = stderr.trim().split('\n').at(-1) || `exit code ${code}`;
    await found({
      name: fact('home') ? 'Root path' : 'Home path',
      status: 'failed',
      message: `${fact('root') || fact('home') || 'The home path'} cannot be used: ${why}.`,
    });
    return null;
  }
  const missing = TOOLS.filter((tool) => fact(`tool ${tool}`) !== 'yes');
  const skew = Math.round(Number(fact('time')) - (asked + Date.now()) / 2000);
  const free = Number(fact('free'));
  await found(
    { name: 'Root path', status: 'ok', message: `Jobs get their directories in ${fact('root')}, which can be written.` },
    freeFinding(free, fact('root')),
    missing.length === 0
      ? { name: 'Tools', status: 'ok', message: `${TOOLS.join(', ')} are there; ${fact('system')}, ${fact('cores')} cores.` }
      : {
          name: 'Tools',
          status: 'failed',
          message: `Jobs need ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not there; ask an administrator to install ${missing.length === 1 ? 'it' : 'them'}.`,
        },
    Math.abs(skew) <= SKEW
      ? { name: 'Clock', status: 'ok', message: 'Its clock and this one agree.' }
      : {
          name: 'Clock',
          status: 'warning',
          message: `Its clock is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} this one: times of tasks are by its clock.`,
        },
  );
  if (missing.length > 0 || free < LEAST_FREE) return null;
  return { home: fact('home'), root: fact('root'), cores: Math.max(1, Number(fact('cores')) || 1) };
}

function freeFinding(free: number, root: string): Finding {
  const amount = free >= LITTLE_FREE ? `${Math.floor(free / LITTLE_FREE)} GB` : `${Math.floor(free / 1024)} MB`;
  const message = `${amount} are free in ${root}.`;
  if (free >= LITTLE_FREE) return { name: 'Free space', status: 'ok', message };
  return { name: 'Free space', status: free < LEAST_FREE ? 'failed' : 'warning', message: `Only ${message}` };
}

/** Chiminey's defaults: the home directory is what the shell says, the root path is the home directory, and jobs get a directory of their own in it. */
const LOOK = `
home=$1 root=$2 name=$3
shift 3
[ -n "$home" ] || home=$HOME
[ -d "$home" ] || { echo "the directory $home does not exist" >&2; exit 1; }
echo "home=$home"
case $root in '') root=$home ;; '~') root=$home ;; '~/'*) root=$home/\${root#'~/'} ;; esac
root=\${root%/}
[ "\${root##*/}" = "$name" ] || root=$root/$name
echo "root=$root"
umask 077
mkdir -p "$root" && : >"$root/.probe$$" && rm -f "$root/.probe$$" || exit 1
cd "$root" && echo "root=$(pwd -P)"
for tool; do command -v "$tool" >/dev/null 2>&1 && echo "tool $tool=yes"; done
echo "free=$(df -Pk "$root" | awk 'END { print $4 }')"
echo "cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || echo 1)"
echo "system=$(uname -sr)"
echo "time=$(date +%s)"
`;
