/** A slot comes to these: before and after it notes that a task is started, who it is, and how it ended. */
export const SLOT_POINTS = ['started', 'pid', 'exited'].flatMap((line) => [`runner:${line}:before`, `runner:${line}:after`]);
/** The runner of a batch itself comes to these, when all of its tasks have ended. */
export const LAST_POINTS = ['runner:end:before', 'runner:end:after'];

export function isRunnersPoint(point: string): boolean {
  return point.startsWith('runner:');
}

/** The file that arms a point of runners, in the same directory as what arms those of workers. */
export function armingFile(point: string, id: number): string {
  return `armed-${point}.${id}`;
}

/**
 * The runner's program, in which whoever writes a line of a batch's journal comes to a point before and after it: it takes what arms the
 * point away, says in `hit-ID` that it is there, and stands still until there is `done-ID`. What it does otherwise stays as it is.
 */
export function withPoints(program: string, control: string): string {
  const note = /^kiln_note\(\) \{/m;
  if (!note.test(program)) throw new Error('runner.sh has no function kiln_note any more.');
  return program.replace(
    note,
    `kiln_note() { kiln_point "runner:$1:before"; kiln_write "$@"; kiln_point "runner:$1:after"; }
kiln_point() {
  [ "$kiln_script" = main.sh ] || return 0
  for kiln_armed in '${control}/armed-'"$1".*; do
    [ -e "$kiln_armed" ] && rm "$kiln_armed" 2>/dev/null || continue
    read -r kiln_own kiln_others </proc/self/stat
    echo "{\\"pid\\":$kiln_own,\\"job\\":\${kiln_dir##*[!0-9]}}" >"${control}/hit-\${kiln_armed##*.}"
    until [ -e "${control}/done-\${kiln_armed##*.}" ]; do sleep 0.05; done
    return
  done
}
kiln_write() {`,
  );
}
