#!/bin/sh
# Runs the tasks of one batch on this machine with a bounded number of slots and appends what happens to a journal.
# usage: runner.sh JOB_DIRECTORY BATCH SCRIPT ITERATION SLOTS LIMIT
# LIMIT: seconds that a task may take; 0 is no limit.
#
# Journal, one event a line; times are centiseconds since 1970:
#   begin BOOT_ID TIME        a runner started (again)
#   started TASK TIME         written before the task can have any effect, so that no task is ever begun twice
#   pid TASK PID              leader of the task's process group
#   exited TASK CODE TIME
#   lost TASK TIME [REBOOTED] it was started, and its end was seen by nobody
#   lost TASK TIME TIME_LIMIT it was ended because it took too long
#   end                       every task of the batch has been dealt with
# Needs POSIX sh, awk, mkfifo, and setsid or bash. Names start with kiln_ because parameters of the job are variables here too.

# bash gives a task a process group of its own without running another program for that; other shells need setsid.
[ -n "${BASH_VERSION-}${7-}" ] || ! command -v bash >/dev/null || exec bash "$0" "$@" again
if [ -n "${BASH_VERSION-}" ]; then kiln_apart='set -m' kiln_together='set +m' kiln_setsid=; else kiln_apart=: kiln_together=: kiln_setsid=setsid; fi

kiln_dir=$1 kiln_batch=$1/.kiln/batches/$2 kiln_script=$3 kiln_iteration=$4 kiln_slots=$5 kiln_limit=${6#0}
kiln_payload=$kiln_dir/payload/process_payload
kiln_setup=$kiln_dir/.kiln/setup.sh
kiln_newline='
'
cd "$kiln_batch" || exit 1

kiln_boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)

# Whether a process lives (a zombie does not) and is of this job, not a later one with the same number.
kiln_alive() {
  kill -0 "$1" 2>/dev/null || return 1
  grep -qs '^State:.[ZX]' "/proc/$1/status" && return 1
  [ -r "/proc/$1/environ" ] || return 0
  # Not every grep looks behind a NUL. A tr that is killed has said nothing.
  while kiln_words=$({ tr '\0' '\n' <"/proc/$1/environ" && tr '\0' '\n' <"/proc/$1/cmdline"; } 2>/dev/null); [ $? -gt 128 ]; do :; done
  case $kiln_words in *"$kiln_dir"*) return 0 ;; *) return 1 ;; esac
}

# One runner at a time: claims are numbered, and the next number goes to the one who makes it when the owner of the last is gone.
kiln_claim() {
  kiln_next=1
  while [ -e "claim.$kiln_next" ]; do kiln_next=$((kiln_next + 1)); done
  if read -r kiln_pid kiln_its_boot <"claim.$((kiln_next - 1))"; then
    [ "$kiln_its_boot" = "$kiln_boot" ] && kiln_alive "$kiln_pid" && return 1
  fi 2>/dev/null
  echo "$$ $kiln_boot" >"runner.$$" && ln "runner.$$" "claim.$kiln_next" || { rm -f "runner.$$"; return 1; }
  mv "runner.$$" runner
  kiln_next=$((kiln_next + 1))
}

# Whether the journal has such a line. A grep that is killed has said nothing.
kiln_told() {
  while grep -Eqs "$1" journal; kiln_code=$?; [ $kiln_code -gt 1 ] && [ -e journal ]; do sleep 1; done
  return $kiln_code
}
# Whoever finds a runner at work has it look after its slots: those that should remind it of that may have been killed.
kiln_claim || { [ ! -p free ] || echo tick 1<>free; exit 0; }
kiln_told '^end$' && exit 0

# The clock: seconds since boot from the kernel need no process; elsewhere `date` is asked each time.
kiln_time() { kiln_now=$(date +%s)00; }
if [ -r /proc/uptime ]; then
  kiln_uptime() { read -r kiln_up kiln_idle </proc/uptime; kiln_up=$((${kiln_up%.*}00 + 1${kiln_up#*.} - 100)); } # 090 would be octal
  kiln_epoch=$(date +%s%N 2>/dev/null)
  case $kiln_epoch in *[!0-9]* | '') kiln_epoch=$(date +%s)000000000 ;; esac
  kiln_uptime
  kiln_base=$((${kiln_epoch%???????} - kiln_up))
  kiln_time() { kiln_uptime; kiln_now=$((kiln_base + kiln_up)); }
fi

# A full disk must not lose an event: the line is tried again until it fits (after a line end, for a torn one).
# The file is opened for each line: on a network file system it is the close that shows the line to others.
kiln_note() { until echo "$*" >>journal || [ ! -d "$kiln_batch" ]; do sleep 2; echo >>journal; done 2>/dev/null; }

# How a script is run: by its own first line if it may be executed, else by bash where there is one.
if [ "$kiln_script" = bootstrap.sh ]; then kiln_path=$kiln_dir/payload/bootstrap.sh; else kiln_path=$kiln_payload/$kiln_script; fi
if [ -x "$kiln_path" ]; then kiln_shell=; elif command -v bash >/dev/null; then kiln_shell=bash; else kiln_shell=sh; fi

# Goes to where the task works, with its values. The first attempt's logs are 7.out and 7.err, the second's 7.2.out and 7.2.err.
kiln_enter() {
  kiln_log=$kiln_task KILN_ATTEMPT=1
  if [ "$kiln_task" = 0 ]; then cd "$kiln_dir/payload" && return; fi
  eval "$kiln_values"
  if [ ! -e "$kiln_dir/.kiln/copied" ]; then cd "$kiln_dir/output_$kiln_iteration/$kiln_task" && return; fi
  mkdir -p "$kiln_dir/work/$kiln_task" && cd "$kiln_dir/work/$kiln_task" || return
  kiln_path=./$kiln_script
  set -- *
  [ -e "$1" ] || cp -R "$kiln_payload/." .
}

kiln_run() {
  kiln_time
  kiln_note started "$kiln_task" "$kiln_now"
  [ ! -e "claim.$kiln_next" ] || exit 0 # The runner that has claimed the batch meanwhile takes the task for begun, or begins it.
  $kiln_apart
  (
    kiln_enter || exit 126
    export KILN_TASK="$kiln_task" KILN_ATTEMPT KILN_ITERATION="$kiln_iteration" KILN_JOB_DIRECTORY="$kiln_dir/"
    set -- $kiln_shell "$kiln_path" "$kiln_dir/input_$kiln_iteration/$kiln_task" "$kiln_dir/output_$kiln_iteration/$kiln_task"
    # What the platform's owner wants to be run before is part of the task: if it fails, the task does, and its log says how.
    [ ! -e "$kiln_setup" ] || set -- sh -c '. "$0"; exec "$@"' "$kiln_setup" "$@"
    exec $kiln_setsid "$@" \
      </dev/null >"$kiln_dir/logs/$kiln_log.out" 2>"$kiln_dir/logs/$kiln_log.err" 3>&- 4>&- 6<&-
  ) &
  kiln_pid=$!
  $kiln_together
  kiln_note pid "$kiln_task" "$kiln_pid"
  [ -z "$kiln_limit" ] || echo "since $kiln_self $kiln_task $kiln_pid $kiln_now" >&3
  # A task that is only stopped may end the wait too.
  while wait $kiln_pid; kiln_code=$?; [ $kiln_code -gt 128 ] && kiln_alive $kiln_pid; do sleep 1; done
  kiln_time
  # A scheduler that ends an element ends task and runner at once, and knows why: whoever is first must not say that it was the task.
  case $kiln_code/${kiln_batch##*/.kiln/batches/} in 143/*/*) sleep 2 ;; esac
  if [ -n "$kiln_limit" ] && [ -e "late.$kiln_task" ]; then
    kiln_bury "$kiln_pid"
    kiln_time
    kiln_note lost "$kiln_task" "$kiln_now" TIME_LIMIT
  else
    kiln_note exited "$kiln_task" "$kiln_code" "$kiln_now"
  fi
}

# Ends the process group of a task that has had its time, first kindly: TASK PID STARTED. late.TASK says since when it is being ended.
kiln_hurry() {
  [ $((kiln_now - $3)) -ge "${kiln_limit}00" ] && kiln_alive "$2" || return 0
  if read -r kiln_since 2>/dev/null <"late.$1"; then
    [ $((kiln_now - kiln_since)) -lt 500 ] || kill -KILL "-$2" 2>/dev/null
  else
    echo "$kiln_now" >"late.$1" && kill -TERM "-$2" 2>/dev/null
  fi
}

# What is left of a process group whose leader was ended has some seconds to go, too.
kiln_bury() {
  for kiln_try in 1 2 3 4 5; do
    kill -0 "-$1" 2>/dev/null || return 0
    sleep 1
  done
  kill -KILL "-$1" 2>/dev/null
}

# What was started and nobody saw the end of: gone with a reboot, else waited for.
kiln_watch() {
  until kiln_line=$(awk -v task="$1" '$1 == "begin" { boot = $2 } $1 == "started" && $2 == task { at = boot; since = $3; pid = "-" }
    $1 == "pid" && $2 == task { pid = $3 } END { print pid, since, at }' journal) || [ ! -e journal ]; do sleep 1; done
  kiln_pid=${kiln_line%% *} kiln_line=${kiln_line#* } kiln_why=
  if [ "${kiln_line#* }" != "$kiln_boot" ]; then kiln_why=REBOOTED
  elif [ "$kiln_pid" != - ]; then
    while kiln_alive "$kiln_pid"; do
      [ -z "$kiln_limit" ] || { kiln_time; kiln_hurry "$1" "$kiln_pid" "${kiln_line% *}"; }
      sleep 1
    done
    [ ! -e "late.$1" ] || { kiln_why=TIME_LIMIT; kiln_bury "$kiln_pid"; }
    sleep 1
  fi
  kiln_told "^(exited|lost) $1 " && return
  kiln_time
  kiln_note lost "$1" "$kiln_now" $kiln_why
}

# A slot: says that it is free, and runs the task that then comes through its pipe, until an empty line comes.
kiln_serve() {
  . "$kiln_dir/.kiln/job.env"
  kiln_self=$1
  exec 4<>"slot.$kiln_next.$1" || exit 1
  [ ! -e "claim.$kiln_next" ] || exit 0 # Its runner is gone, and the next one may have told it to go already.
  while echo "$1" >&3; read -r kiln_task kiln_values <&4 && [ -n "$kiln_task" ]; do kiln_run; done
}

# Opens another slot, first of all for the task that somebody else began, or for a line of the list.
kiln_open() {
  kiln_slots=$((kiln_slots + 1))
  mkfifo "slot.$kiln_next.$kiln_slots" || exit 1
  eval "kiln_given_$kiln_slots=\$1 kiln_first_$kiln_slots=\$2 kiln_since_$kiln_slots="
  ( [ -z "$1" ] || kiln_watch "$1"; kiln_serve "$kiln_slots" ) &
  eval "kiln_pid_$kiln_slots=$!"
}

# What a free slot does next. An empty line ends it; a slot that has ended or was given up is known by `-`.
kiln_give() {
  eval "kiln_line=\$kiln_first_$1 kiln_first_$1="
  [ -n "$kiln_line" ] || read -r kiln_line <&6 || kiln_line=
  [ -n "$kiln_line" ] || kiln_left=$((kiln_left - 1))
  eval "kiln_given_$1=\${kiln_line:--} kiln_since_$1="
  until printf '%s\n' "$kiln_line" 1<>"slot.$kiln_next.$1"; do [ -d "$kiln_batch" ] || kill -s KILL 0; sleep 2; done
}

# Opens another slot for each one that was killed; it goes on with what that one was given. Ends the tasks that have had their time.
kiln_mend() {
  [ -z "$kiln_limit" ] || kiln_time
  kiln_runs "$kiln_ticker" || { kiln_tick & kiln_ticker=$!; }
  kiln_slot=0 kiln_last=$kiln_slots
  while [ "$kiln_slot" -lt "$kiln_last" ]; do
    kiln_slot=$((kiln_slot + 1))
    eval "kiln_line=\$kiln_given_$kiln_slot kiln_pid=\$kiln_pid_$kiln_slot"
    if [ "$kiln_line" = - ]; then continue; fi
    if kiln_runs "$kiln_pid"; then
      eval "set -- \$kiln_since_$kiln_slot"
      [ $# = 0 ] || kiln_hurry "$@"
      continue
    fi
    eval "kiln_given_$kiln_slot=-"
    kiln_task=${kiln_line%% *}
    if [ -n "$kiln_task" ] && kiln_told "^started $kiln_task "; then kiln_open "$kiln_task" ''; else kiln_open '' "$kiln_line"; fi
  done
}

kiln_runs() {
  kill -0 "$1" 2>/dev/null && { read -r kiln_stat 2>/dev/null <"/proc/$1/stat" || return 0; } || return 1
  case $kiln_stat in *') Z '* | *') X '*) return 1 ;; esac
}

# Has the slots looked after from time to time; when the runner is killed, they go once their tasks have ended.
kiln_tick() {
  trap 'kill $kiln_sleep; exit' TERM
  while kiln_runs $$; do
    echo tick >&3
    sleep "$kiln_period" &
    kiln_sleep=$!
    wait $kiln_sleep
  done
  kiln_release "slot.$kiln_next."*
}

kiln_release() { for kiln_slot do [ ! -p "$kiln_slot" ] || echo 1<>"$kiln_slot"; done; }

kiln_time
echo "begin $kiln_boot $kiln_now" >>journal || exit 1
set -- "$kiln_dir/.kiln/values/$kiln_iteration-"*
[ -e "$1" ] || set -- /dev/null
LC_ALL=C awk 'BEGIN {
    while ((getline line <"journal") > 0) if (split(line, word, " ") > 2 && word[1] == "started") seen[word[2]] = 1
    while ((getline task <"tasks") > 0) if (!(task in seen)) { todo[++count] = task; line_of[task] = task }
  }
  $1 in line_of { line_of[$1] = $0 }
  END { for (i = 1; i <= count; i++) print line_of[todo[i]] }' "$@" >todo || exit 1
awk '$1 == "started" { open[$2] = 1 } $1 == "exited" || $1 == "lost" { delete open[$2] } END { for (task in open) print task }' journal >open || exit 1
kiln_left=$(awk 'END { print NR }' todo open) || exit 1
[ "$kiln_left" -lt "$kiln_slots" ] || kiln_left=$kiln_slots

kiln_release slot.*
rm -f free slot.* && mkfifo free && exec 3<>free 6<todo || exit 1
kiln_slots=0 kiln_period=${kiln_limit:+1}
kiln_period=${kiln_period:-5}
while read -r kiln_orphan || [ "$kiln_slots" -lt "$kiln_left" ]; do kiln_open "$kiln_orphan" ''; done <open
kiln_left=$kiln_slots
kiln_tick &
kiln_ticker=$!
while [ "$kiln_left" -gt 0 ]; do
  read -r kiln_slot kiln_rest <&3
  if [ "$kiln_slot" = tick ]; then kiln_mend
  elif [ "$kiln_slot" = since ]; then eval "kiln_since_${kiln_rest%% *}=\${kiln_rest#* }"
  elif eval "[ \"\$kiln_given_$kiln_slot\" != - ]"; then kiln_give "$kiln_slot"; fi
done
kill "$kiln_ticker" 2>/dev/null
kiln_note end
