#!/bin/sh
# The tasks of one batch as elements of array jobs of a batch scheduler. usage: array.sh JOB_DIRECTORY COMMAND [ARGUMENT ..]
#
# In .kiln/batches/BATCH:
#   tasks     all tasks of the batch
#   plan      "S COUNT" a line: submission S has the elements 1 to COUNT
#   S/        name, script, submitting ("PID BOOT": it is being or was submitted), at (when), id (what the scheduler answered), log/
#   S.I/      element I of submission S, which works through its tasks with a runner and a journal of its own; job: whose it is
#   settled   elements that are over, and whose journals are in the journal of the batch
#   merged    "S.I LINES" a line: how much of an open element's journal is in the journal of the batch
#   ended     grows when an element ends: a hint, nothing is read from it
#   journal   what the elements' journals say, see runner.sh; "end" when every task has been dealt with
dir=$1 command=$2 batch=$1/.kiln/batches/$3
boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)

alive() { # PID BOOT_ID: this program for this job, not a zombie and not a later process with the same number
  [ "$2" = "$boot" ] && kill -0 "$1" 2>/dev/null || return 1
  grep -qs '^State:.[ZX]' "/proc/$1/status" && return 1
  [ ! -r "/proc/$1/cmdline" ] || tr '\0' '\n' <"/proc/$1/cmdline" | grep -qF -- "$dir"
}

# One at a time. A lock of another machine is given up after five minutes: nothing here takes that long.
lock() {
  tries=0
  until (set -C; echo "$$ $boot" >"$batch/lock") 2>/dev/null; do
    if read -r pid its_boot <"$batch/lock" 2>/dev/null; then
      if [ "$its_boot" = "$boot" ]; then alive "$pid" "$its_boot" || unlock_stale
      elif [ -n "$(find "$batch/lock" -mmin +5 2>/dev/null)" ]; then unlock_stale; fi
    fi
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { echo "another look at the batch does not end" >&2; exit 1; }
    sleep 0.1 2>/dev/null || sleep 1
  done
  trap 'rm -f "$batch/lock"' EXIT
}
unlock_stale() { mv "$batch/lock" "$batch/lock.$$" 2>/dev/null && rm -f "$batch/lock.$$"; }

# Takes new lines of the elements' journals into the journal of the batch. Lines that are not whole yet are left for the next time;
# a crash before `merged` is written takes lines in twice, which is harmless.
merge() {
  [ -e plan ] || return 0
  : >>settled && : >>merged && : >>journal || exit
  awk '
    FILENAME == "settled" { over[$1] = 1; next }
    FILENAME == "merged" { done[$1] = $2; next }
    { for (i = 1; i <= $2; i++) { element = $1 "." i
        if (element in over) continue
        file = element "/journal"; lines = 0; whole = 1; ended = 0
        while (whole && (getline line <file) > 0) {
          n = split(line, word, " ")
          if (word[1] == "started" || word[1] == "lost") whole = n >= 3 && length(word[3]) >= 12
          else if (word[1] == "exited") whole = n == 4 && length(word[4]) >= 12
          else if (line == "end") ended = 1
          if (!whole) break
          if (++lines > done[element] && (word[1] == "started" || word[1] == "exited" || word[1] == "lost")) print line >"news"
        }
        close(file)
        if (ended) print element >"over"
        else print element, lines >"merged.new"
      } }' settled merged plan || exit
  if [ -e news ]; then cat news >>journal && rm -f news || exit; fi
  if [ -e over ]; then cat over >>settled && rm -f over || exit; fi
  if [ -e merged.new ]; then mv merged.new merged; else : >merged; fi
}

now() { echo "$(date +%s)00"; }

case $command in
plan) # BATCH TASKS_PER_ELEMENT MOST_ELEMENTS COUNT <tasks: deals COUNT tasks to elements unless some are open; prints "S COUNT STATE" a line
  mkdir -p "$batch" && cd "$batch" || exit
  if [ ! -e tasks ]; then
    cat >"tasks.$$" && [ "$(wc -l <"tasks.$$")" -eq "$6" ] || { rm -f "tasks.$$"; echo "the list of tasks did not arrive whole" >&2; exit 1; }
    mv "tasks.$$" tasks || exit
  fi
  sh "$dir/.kiln/node.sh" "$dir" settled || exit
  lock
  : >>journal && rm -f news over merged.new || exit
  merge
  : >>plan && : >>settled || exit
  if ! grep -qx end journal && [ "$(awk '{ n += $2 } END { print n + 0 }' plan)" = "$(sort -u settled | wc -l | tr -d ' ')" ]; then
    awk 'FILENAME == "journal" { if ($1 == "started" || $1 == "lost") seen[$2] = 1; next } !($1 in seen)' journal tasks >todo
    if [ -s todo ]; then
      cp plan plan.new || exit
      awk -v pack="$4" -v most="$5" -v last="$(awk 'END { print $1 + 0 }' plan)" '
        { element = int((NR - 1) / pack); print (last + 1 + int(element / most)) "." (element % most + 1), $1 }' todo >dealt
      awk '{ print $1 } { sub(/\..*/, "", $1); print $1 "/log" }' dealt | sort -u | xargs mkdir -p || exit
      awk '{ file = $1 "/tasks"; if (file != before) { if (before) close(before); printf "" >file; before = file } print $2 >file }
        END { if (before) close(before) }' dealt || exit
      awk '{ split($1, at, "."); count[at[1]] = at[2]; if (!(at[1] in seen)) { seen[at[1]] = 1; order[++n] = at[1] } }
        END { for (i = 1; i <= n; i++) print order[i], count[order[i]] }' dealt >>plan.new && mv plan.new plan || exit
    else
      echo end >>journal
    fi
  fi
  while read -r s count; do
    state=new
    if [ -s "$s/id" ]; then state=submitted
    elif read -r pid its_boot 2>/dev/null <"$s/submitting"; then
      state=unsure
      if alive "$pid" "$its_boot"; then state=busy; fi
    fi
    echo "$s $count $state"
  done <plan
  ;;
submit) # BATCH S NAME BYTES COMMAND .. <script: runs the command that submits the script of so many bytes, once; prints what it answered
  cd "$batch/$4" || exit
  if [ -s id ]; then cat id; exit; fi
  (set -C; echo "$$ $boot" >submitting) 2>/dev/null || { echo "it is being submitted already" >&2; exit 75; }
  trap '' HUP PIPE
  echo "$5" >name
  cat >script && [ "$(wc -c <script)" -eq "$6" ] || { echo "the script did not arrive whole" >&2; exit 1; }
  date +%s >at || exit
  shift 6
  answer=$("$@" </dev/null) || exit
  echo "$answer" >id.new && mv id.new id && cat id
  ;;
witness) # BATCH S: the scheduler's id as elements that have begun know it
  cat "$batch/$4".*/job 2>/dev/null | head -n 1
  ;;
adopt) # BATCH S ID: it was submitted after all
  echo "$5" >"$batch/$4/id.new" && mv "$batch/$4/id.new" "$batch/$4/id"
  ;;
forget) # BATCH S: it was not submitted
  rm -f "$batch/$4/submitting"
  ;;
submissions) # prints "BATCH S NAME ID.." a line, of all batches; ID is - if the answer is not known, and busy while it is awaited
  for file in "$dir"/.kiln/batches/*/*/submitting; do
    [ -e "$file" ] || continue
    s=${file%/submitting}; b=${s%/*}
    name=-; read -r name 2>/dev/null <"$s/name"
    if [ -s "$s/id" ]; then read -r id <"$s/id"
    elif read -r pid its_boot <"$file" && alive "$pid" "$its_boot"; then id=busy
    else id=-; fi
    echo "${b##*/} ${s##*/} $name $id"
  done
  ;;
look) # BATCH OFFSET LENGTH: prints "submission S AT ID..", "open S.I BEGUN" lines, an empty line, and the journal from an offset on
  cd "$batch" 2>/dev/null || { echo gone; exit 0; }
  lock
  rm -f news over merged.new
  merge
  while read -r s _; do
    [ -s "$s/id" ] && echo "submission $s $(cat "$s/at") $(head -n 1 "$s/id")"
  done <plan
  awk 'FILENAME == "settled" { over[$1] = 1; next } FILENAME == "merged" { done[$1] = $2; next }
    { for (i = 1; i <= $2; i++) if (!(($1 "." i) in over)) print "open", $1 "." i, done[$1 "." i] + 0 }' settled merged plan
  echo
  tail -c "+$(($4 + 1))" journal | head -c "$5"
  ;;
abandon) # nothing runs any more, and nothing is to run: what was not begun stays so
  for file in "$dir"/.kiln/batches/*/plan; do
    [ -e "$file" ] || continue
    batch=${file%/plan}
    cd "$batch" && lock || exit
    rm -f news over merged.new
    merge
    grep -qx end journal || echo end >>journal || exit
    rm -f lock
  done
  ;;
settle) # BATCH CODE S.I ..: elements are gone without an end; what one had begun is lost for this reason, or all of it if it had begun nothing
  cd "$batch" || exit
  lock
  rm -f news over merged.new
  merge
  code=$4
  shift 4
  for element; do
    if grep -qx "$element" settled; then continue; fi
    : >>"$element/journal" || exit
    words=
    [ "$code" != NOT_BEGUN ] || words=$(cat "${element%.*}"/log/* 2>/dev/null | tail -n 3 | tr '\n\t\r' '   ' | tr -cd ' -~' | cut -c 1-300)
    words=$words awk -v at="$(now)" -v code="$code" '
      FILENAME ~ /journal$/ { if ($1 == "started") { begun[$2] = 1; any = 1 } if ($1 == "exited" || $1 == "lost") ended[$2] = 1; next }
      { if (any ? ($1 in begun) && !($1 in ended) : 1) print "lost", $1, at, code, ENVIRON["words"] }' "$element/journal" "$element/tasks" >>journal || exit
    echo "$element" >>settled
  done
  ;;
element) # BATCH S SCRIPT ITERATION LIMIT: what an element of an array job does. Another submission of the same element does nothing.
  # The index of an element and the job's id, as Slurm, PBS Pro, Torque and Grid Engine name them.
  index=${SLURM_ARRAY_TASK_ID:-${PBS_ARRAY_INDEX:-${PBS_ARRAYID:-${SGE_TASK_ID:-1}}}}
  [ "$index" = undefined ] && index=1
  id=${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID:-${PBS_JOBID:-${JOB_ID:?no scheduler runs this}}}}
  (set -C; echo "$id" >"$batch/$4.$index/job") 2>/dev/null || [ "$(cat "$batch/$4.$index/job")" = "$id" ] || exit 0
  sh "$dir/.kiln/runner.sh" "$dir" "$3/$4.$index" "$5" "$6" 1 "$7"
  echo "$4.$index" >>"$batch/ended"
  ;;
*)
  echo "array.sh: there is no command $command" >&2
  exit 2
  ;;
esac
