#!/bin/sh
# Runs the tasks of one batch on this machine with a bounded number of slots and appends what happens to a journal.
# usage: runner.sh JOB_DIRECTORY BATCH SCRIPT ITERATION SLOTS
#
# Journal, one event a line; times are centiseconds since 1970:
#   begin BOOT_ID TIME     a runner started (again)
#   started TASK TIME      written before the task can have any effect, so that no task is ever begun twice
#   pid TASK PID           leader of the task's process group
#   exited TASK CODE TIME
#   lost TASK TIME         it was started, and its end was seen by nobody
#   end                    every task of the batch has been dealt with
# Needs POSIX sh, awk, mkfifo and setsid. Names start with kiln_ because parameters of the job are variables here too.
kiln_dir=$1 kiln_batch=$1/.kiln/batches/$2 kiln_script=$3 kiln_iteration=$4 kiln_slots=$5
kiln_payload=$kiln_dir/payload/process_payload
cd "$kiln_batch" || exit 1

kiln_boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)

# Whether a process lives (a zombie does not) and is of this job, not a later one with the same number.
kiln_alive() {
  kill -0 "$1" 2>/dev/null || return 1
  grep -qs '^State:.[ZX]' "/proc/$1/status" && return 1
  [ ! -r "/proc/$1/environ" ] || grep -qsF "$kiln_dir" "/proc/$1/environ" "/proc/$1/cmdline"
}

# One runner at a time: the claim is atomic, and a claim whose process is gone is taken over by the one that moves it away.
kiln_claim() {
  (set -C; echo "$$ $kiln_boot" >runner) 2>/dev/null && return 0
  read -r kiln_pid kiln_its_boot <runner || return 1
  [ "$kiln_its_boot" = "$kiln_boot" ] && kiln_alive "$kiln_pid" && return 1
  mv runner "stale.$$" 2>/dev/null && rm -f "stale.$$" && kiln_claim
}
kiln_claim || exit 0
grep -qx end journal 2>/dev/null && exit 0

# The clock: seconds since boot from the kernel need no process; elsewhere `date` is asked each time.
kiln_time() { kiln_now=$(date +%s)00; }
if [ -r /proc/uptime ]; then
  kiln_uptime() { read -r kiln_up kiln_idle </proc/uptime; kiln_up=${kiln_up%.*}${kiln_up#*.}; }
  kiln_epoch=$(date +%s%N 2>/dev/null)
  case $kiln_epoch in *[!0-9]* | '') kiln_epoch=$(date +%s)000000000 ;; esac
  kiln_uptime
  kiln_base=$((${kiln_epoch%???????} - kiln_up))
  kiln_time() { kiln_uptime; kiln_now=$((kiln_base + kiln_up)); }
fi

# A full disk must not lose an event: the line is tried again until it fits (after a line end, for a torn one).
kiln_note() { until echo "$*" >>journal || [ ! -d "$kiln_batch" ]; do sleep 2; echo >>journal; done 2>/dev/null; }

# How a script is run: by its own first line if it may be executed, else by bash where there is one.
if [ "$kiln_script" = bootstrap.sh ]; then kiln_path=$kiln_dir/payload/bootstrap.sh; else kiln_path=$kiln_payload/$kiln_script; fi
if [ -x "$kiln_path" ]; then kiln_shell=; elif command -v bash >/dev/null; then kiln_shell=bash; else kiln_shell=sh; fi

kiln_enter() {
  if [ "$1" = 0 ]; then cd "$kiln_dir/payload" && return; fi
  cd "$kiln_dir/work/$1" || return
  . "$kiln_dir/work/$1.env"
  [ -e "$kiln_dir/.kiln/copied" ] || return 0
  kiln_path=./$kiln_script
  set -- *
  [ -e "$1" ] || cp -R "$kiln_payload/." .
}

kiln_run() {
  kiln_time
  kiln_note started "$1" "$kiln_now"
  (
    kiln_enter "$1" || exit 126
    export KILN_TASK="$1" KILN_ITERATION="$kiln_iteration" KILN_JOB_DIRECTORY="$kiln_dir/"
    exec setsid $kiln_shell "$kiln_path" "$kiln_dir/input_$kiln_iteration/$1" "$kiln_dir/output_$kiln_iteration/$1" \
      </dev/null >"$kiln_dir/logs/$1.out" 2>"$kiln_dir/logs/$1.err" 3>&-
  ) &
  kiln_pid=$!
  kiln_note pid "$1" "$kiln_pid"
  wait $kiln_pid
  kiln_code=$?
  kiln_time
  kiln_note exited "$1" "$kiln_code" "$kiln_now"
  echo "$1" >&3
}

# What an earlier runner of this batch started and did not see the end of: gone with a reboot, else waited for.
kiln_watch() {
  if [ "$3" = "$kiln_boot" ] && [ "$2" != - ]; then while kiln_alive "$2"; do sleep 1; done; sleep 1; fi
  grep -q "^exited $1 " journal && return
  kiln_time
  kiln_note lost "$1" "$kiln_now"
}

kiln_time
echo "begin $kiln_boot $kiln_now" >>journal || exit 1
awk -v journal=journal 'BEGIN { while ((getline line <journal) > 0) if (split(line, word, " ") > 2 && word[1] == "started") seen[word[2]] = 1 }
  !($1 in seen)' tasks >todo
awk '$1 == "begin" { boot = $2 } $1 == "started" { pid[$2] = "-"; at[$2] = boot } $1 == "pid" { pid[$2] = $3 }
  $1 == "exited" || $1 == "lost" { delete pid[$2] } END { for (task in pid) print task, pid[task], at[task] }' journal >open
while read -r kiln_task kiln_pid kiln_its_boot; do kiln_watch "$kiln_task" "$kiln_pid" "$kiln_its_boot" & done <open

. "$kiln_dir/.kiln/job.env"
rm -f slots && mkfifo slots && exec 3<>slots || exit 1
kiln_free=$kiln_slots
while read -r kiln_task; do
  if [ "$kiln_free" -gt 0 ]; then
    kiln_free=$((kiln_free - 1))
  else
    read -r kiln_done <&3
    eval "wait \$kiln_child_$kiln_done; unset kiln_child_$kiln_done"
  fi
  kiln_run "$kiln_task" &
  eval "kiln_child_$kiln_task=\$!"
done <todo
wait
kiln_note end
