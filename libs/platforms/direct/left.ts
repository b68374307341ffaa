import { randomUUID } from 'node:crypto';
import { type Outlet } from '@kiln/domain';
import type { JobOnNode } from '../job-on-node.ts';
import { asset } from '../runner/asset.ts';

const WHAT = 'What tasks left could not be looked at';

/** What tasks left on a node, for another machine; `paths`, one a line, as `pack` of the job's `node.sh` reads them. */
export function leftOutlet(there: JobOnNode, paths: string): Outlet {
  const list = `.kiln/left.${randomUUID()}`;
  return {
    async offer() {
      const kibibytes = await there.script(OFFER, [list], WHAT, paths);
      return { argv: ['sh', '-c', PACK, 'sh', there.directory, list], bytes: Number(kibibytes) * 1024 };
    },
    tally: () => there.script(`${asset('inputs.sh')}${TALLY}`, [list], WHAT),
    close: async () => void (await there.script('rm -f "$1/$2"', [list], WHAT)),
  };
}

const PACK = 'exec sh "$1/.kiln/node.sh" "$1" pack <"$1/$2"';

const OFFER = `cd "$1" && cat >"$2" || exit
while read -r path; do [ ! -e "$path" ] || echo "$path"; done <"$2" | xargs du -sk /dev/null | awk '{ sum += $1 } END { printf "%.0f\\n", sum }'`;

/** Of what \`pack\` packs. */
const TALLY = `cd "$1" && list=$2 || exit
set --
while read -r path; do
  case $path in logs/*) [ -s "$path" ] ;; *) [ -e "$path" ] ;; esac && set -- "$@" "./$path"
done <"$list"
if [ $# = 0 ]; then echo 0 0 0; else tally . "$@"; fi`;
