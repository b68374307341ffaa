#!/bin/sh
# Runs the tasks of a job again, without Kiln, on this machine. README.md beside it says more.
# Needs POSIX sh, awk, mkfifo, and bash or setsid; besides these only what the program itself needs.
usage='usage: sh run.sh [-d DIRECTORY] [-j TASKS_AT_ONCE] [TASK ..]'

fail() { # SENTENCE
  printf '%s\n' "run.sh: $1" >&2
  exit "${2-1}"
}

CDPATH=
here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit
target=rerun
slots=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || slots=1
while getopts d:j: option; do
  case $option in
  d) target=$OPTARG ;;
  j) slots=$OPTARG ;;
  *) fail "$usage" 2 ;;
  esac
done
shift $((OPTIND - 1))
case $slots in '' | *[!0-9]* | 0*) fail "-j is a number from 1; $usage" 2 ;; esac
command -v bash >/dev/null || command -v setsid >/dev/null || fail 'it needs bash or setsid: install one of them.'

# A line of the list is ITERATION TASK [SET]; without TASK .. it is all of them.
chosen=$(
  for task do printf '%s\n' "$task"; done | awk -v count=$# '
    NR == FNR && count > 0 { wanted[$0] = 1; next }
    count == 0 || ($2 in wanted) { print; delete wanted[$2] }
    END { for (task in wanted) { print "run.sh: there is no task " task | "cat >&2"; exit 2 } }' - "$here/kiln/tasks"
) || exit
[ -n "$chosen" ] || fail 'the job came to no tasks, so there is none to run.'

case $target in -*) target=./$target ;; esac
[ ! -e "$target" ] || rmdir "$target" 2>/dev/null || fail "$target is there already: choose another directory with -d, or remove it."
mkdir -p "$target/.kiln/values" "$target/.kiln/batches" "$target/.kiln/inputs" "$target/logs" "$target/payload" || exit
dir=$(cd -- "$target" && pwd -P) || exit
for name in bootstrap.sh process_payload initial; do
  [ ! -e "$here/connector/$name" ] || cp -R "$here/connector/$name" "$dir/payload/" || exit
done
cp "$here/kiln/runner.sh" "$here/kiln/node.sh" "$here/kiln/job.env" "$dir/.kiln/" || exit
printf "export KILN_NODE='%s'\n" "$(uname -n)" >>"$dir/.kiln/job.env" && cp "$here/kiln/values/"* "$dir/.kiln/values/" || exit
for set in "$here"/input_*; do
  [ ! -e "$set" ] || cp -R "$set" "$dir/.kiln/inputs/${set##*_}" || exit
done
[ ! -e "$here/kiln/copied" ] || : >"$dir/.kiln/copied" || exit
# Names that an archive cannot have everywhere stand in it in another form.
restore() { # WRITTEN NAME
  mkdir -p "$(dirname -- "$dir/$2")" && mv "$dir/$1" "$dir/$2" || exit
}
. "$here/kiln/names.sh"

runner=
stop() { # CODE
  trap '' INT TERM HUP
  [ -z "$runner" ] || kill -s KILL "$runner" 2>/dev/null
  sh "$dir/.kiln/node.sh" "$dir" stop
  exit "$1"
}
trap 'stop 130' INT
trap 'stop 143' TERM HUP

# Runs a script of the payload for each task of a list and waits for all of them; then `journal` is where their ends are noted.
batch() { # NAME SCRIPT ITERATION <TASKS, one a line
  mkdir "$dir/.kiln/batches/$1" && cat >"$dir/.kiln/batches/$1/tasks" || exit
  journal=$dir/.kiln/batches/$1/journal
  sh "$dir/.kiln/runner.sh" "$dir" "$1" "$2" "$3" "$slots" 0 </dev/null >"$dir/.kiln/batches/$1/runner.log" 2>&1 &
  runner=$!
  wait "$runner"
  runner=
  grep -qsx end "$journal" || fail "the runner ended too early: $(cat "$dir/.kiln/batches/$1/runner.log")"
}

# The tasks of the last batch that did not end well, with what became of them.
failures() {
  awk '$1 == "exited" && $3 != 0 { print $2 " exited with code " $3 } $1 == "lost" { print $2 " was lost" }' "$journal"
}

# A step without which there is no next one.
must() { # SCRIPT
  bad=$(failures | head -n 1)
  [ -z "$bad" ] || fail "$1 failed: task $bad; $dir/logs/${bad%% *}.err says more."
}

if [ -e "$dir/payload/bootstrap.sh" ]; then
  echo 0 >"$dir/.kiln/tasks-bootstrap" || exit
  batch bootstrap-0 bootstrap.sh 0 <"$dir/.kiln/tasks-bootstrap"
  must bootstrap.sh
fi

failed=0
for iteration in $(printf '%s\n' "$chosen" | awk '!seen[$1]++ { print $1 }'); do
  printf '%s\n' "$chosen" | sed -n "s/^$iteration //p" >"$dir/.kiln/iteration-$iteration" || exit
  while read -r task set; do
    input=$dir/input_$iteration/$task
    mkdir -p "$input" "$dir/output_$iteration/$task" || exit
    # Where an iteration has no input sets of its own, it has those of the first one again.
    own=$dir/.kiln/inputs/$iteration/$set
    [ -e "$own" ] || own=$dir/.kiln/inputs/0/$set
    [ -z "$set" ] || cp -R "$own/." "$input" || exit
    cp "$here/values/$task.json" "$input/values.json" || exit
  done <"$dir/.kiln/iteration-$iteration"
  awk '{ print $1 }' "$dir/.kiln/iteration-$iteration" >"$dir/.kiln/tasks-$iteration" || exit
  if [ -e "$dir/payload/process_payload/schedule.sh" ]; then
    batch "schedule-$iteration-0-0" schedule.sh "$iteration" <"$dir/.kiln/tasks-$iteration"
    must schedule.sh
  fi
  batch "execute-$iteration-0-0" main.sh "$iteration" <"$dir/.kiln/tasks-$iteration"
  total=$(awk 'END { print NR }' "$dir/.kiln/tasks-$iteration")
  bad=$(failures)
  lost=$(printf '%s' "$bad" | awk 'END { print NR }')
  failed=$((failed + lost))
  echo "iteration $iteration: $((total - lost)) of $total tasks succeeded"
  [ "$lost" = 0 ] || printf '%s\n' "$bad" | sed 's/^/  task /'
done
printf '%s\n' "What they left is in $dir."
[ "$failed" = 0 ]
