/** A slot comes to these: before and after it notes that a task is started, who it is, and how it ended. */
export const SLOT_POINTS = ['started', 'pid', 'exited'].flatMap((line) => [`runner:${line}:before`, `runner:${line}:after`]);
/** The runner of a batch itself comes to these, when all of its tasks have ended. */
export const LAST_POINTS = ['runner:end:before', 'runner:end:after'];
/** What submits a batch to a scheduler comes to these: before that is asked, and before its answer is kept. */
export const SUBMIT_POINTS = ['cluster:submit:before', 'cluster:submit:after'];

/** Whether it is not a worker that comes there. */
export function isOnNode(point: string): boolean {
  return [...SLOT_POINTS, ...LAST_POINTS, ...SUBMIT_POINTS].includes(point);
}

/** The file that arms a point on nodes, in the same directory as what arms those of workers. */
export function armingFile(point: string, id: number): string {
  return `armed-${point}.${id}`;
}

/** The file in the same directory that gets the name of each array job that was submitted. */
export const SUBMISSIONS = 'submissions';

/** runner.sh, in which whoever writes a line of the journal of a batch of tasks comes to a point before and after. Elements of array jobs do not. */
export function runnerWithPoints(program: string, control: string): string {
  const note = `kiln_note() { kiln_at "$1:before"; kiln_write "$@"; kiln_at "$1:after"; }
kiln_at() {
  case $kiln_script:\${kiln_batch#"$kiln_dir/.kiln/batches/"} in main.sh:*/*) ;; main.sh:*) kiln_point "runner:$1" "$kiln_dir" ;; esac
}
${comingTo(control)}
kiln_write() {`;
  return replaced(program, /^kiln_note\(\) \{/m, note);
}

/** array.sh, in which a submission comes to a point before and after, and is written down once the scheduler has answered. */
export function arrayWithPoints(program: string, control: string): string {
  const submit = `kiln_point cluster:submit:before "$dir"
$&
  cat name >>'${control}/${SUBMISSIONS}'
  kiln_point cluster:submit:after "$dir"`;
  return replaced(replaced(program, /^dir=/m, `${comingTo(control)}\n$&`), /^ {2}answer=.*$/m, submit);
}

/** Whoever comes to a point that is armed takes away what arms it, says in `hit-ID` that it is there, and stands still until there is `done-ID`. */
function comingTo(control: string): string {
  return `kiln_point() { # POINT JOB_DIRECTORY
  for kiln_armed in '${control}/armed-'"$1".*; do
    [ -e "$kiln_armed" ] && rm "$kiln_armed" 2>/dev/null || continue
    read -r kiln_own kiln_others </proc/self/stat
    echo "{\\"pid\\":$kiln_own,\\"job\\":\${2##*[!0-9]}}" >"${control}/hit-\${kiln_armed##*.}"
    until [ -e "${control}/done-\${kiln_armed##*.}" ]; do sleep 0.05; done
    return
  done
}`;
}

function replaced(program: string, what: RegExp, by: string): string {
  if (!what.test(program)) throw new Error(`There is no ${what} any more in a program that is to come to points.`);
  return program.replace(what, (found) => by.replace('$&', () => found));
}
