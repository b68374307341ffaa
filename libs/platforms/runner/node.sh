#!/bin/sh
# What Kiln asks of a machine about one job. usage: node.sh JOB_DIRECTORY COMMAND [ARGUMENT ..]
dir=$1 command=$2
shift 2

boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)

alive() { # PID BOOT_ID: a runner of this job, not a zombie and not a later process with the same number
  [ "$2" = "$boot" ] && kill -0 "$1" 2>/dev/null || return 1
  grep -qs '^State:.[ZX]' "/proc/$1/status" && return 1
  [ ! -r "/proc/$1/cmdline" ] || tr '\0' '\n' <"/proc/$1/cmdline" | grep -qF -- "$dir"
}

# Not every grep looks behind a NUL (BusyBox's does not).
if printf 'a\0b' | grep -qF b; then
  marked() { grep -lsF "KILN_JOB_DIRECTORY=$dir/" /proc/[0-9]*/environ 2>/dev/null; }
else
  marked() {
    for file in /proc/[0-9]*/environ; do
      tr '\0' '\n' 2>/dev/null <"$file" | grep -qxF "KILN_JOB_DIRECTORY=$dir/" && echo "$file"
    done 2>/dev/null
  }
fi

# Process ids of the job: every process that carries its mark; where /proc does not show it, the leaders that the journals name.
processes() {
  if [ ! -r /proc/self/environ ]; then
    leaders
    return
  fi
  marked | while IFS=/ read -r _ _ pid _; do
    grep -qs '^State:.[ZX]' "/proc/$pid/status" || echo "$pid"
  done
}

# Ends the processes whose ids COMMAND prints, kindly first; fails if one is still alive at the end.
end() { # COMMAND
  signal=TERM tries=0
  while :; do
    left=$("$@" | sort -u)
    [ -n "$left" ] || return 0
    [ $tries -lt 60 ] || { echo "still alive: $(echo $left)" >&2; return 1; }
    [ $tries -lt 20 ] || signal=KILL
    if [ $((tries % 20)) = 0 ] || [ $signal = KILL ]; then
      for pid in $left; do kill -s $signal -- "-$pid" 2>/dev/null || kill -s $signal "$pid" 2>/dev/null; done
    fi
    tries=$((tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
}

end_job() {
  for runner in "$dir"/.kiln/batches/*/runner; do
    if read -r pid its_boot 2>/dev/null <"$runner" && alive "$pid" "$its_boot"; then kill -s KILL -- "-$pid" 2>/dev/null; fi
  done
  # Slots that outlived their runner go when they are told to.
  for slot in "$dir"/.kiln/batches/*/slot.*; do [ ! -p "$slot" ] || echo 1<>"$slot"; done
  end processes
}

leaders() {
  cat "$dir"/.kiln/batches/*/journal 2>/dev/null | awk '$1 == "pid" { pid[$2] = $3 } $1 == "exited" || $1 == "lost" { delete pid[$2] }
    END { for (task in pid) print pid[task] }' | while read -r pid; do kill -0 "$pid" 2>/dev/null && echo "$pid"; done
}

# Ends the program if there is no room for so many bytes in place of what is in DIRECTORY; where nobody can tell, there is.
room() { # BYTES [DIRECTORY]
  at=$dir there=
  [ -z "${2-}" ] || there=$(du -sk "$2" 2>/dev/null | awk 'NR == 1 { print $1 }')
  until [ -d "${at:-/}" ]; do at=${at%/*}; done
  needed=$((${1:-0} / 1024)) free=$(df -Pk "${at:-/}" 2>/dev/null | awk 'END { print ($2 > 0 ? $4 : "") }') # some tell 0 in all, and take files
  case $free in '' | *[!0-9]*) return ;; esac
  [ "$((free + ${there:-0}))" -ge "$needed" ] || { echo "kiln: full $needed $free" >&2; exit 28; }
}

# What an earlier round left is moved here before it is removed, so that a removal that goes on for long meets nothing of a later one.
aside=${dir%/*}/.${dir##*/}.

remove() { rm -rf "$@" 2>/dev/null || { chmod -R u+rwX "$@" 2>/dev/null; rm -rf "$@"; }; }

# Whether what lies there is not of this round of the job. It ends the program if that is of a later one: whoever asks is late.
another() { # ROUND
  there=
  if [ -e "$dir/.kiln/round" ]; then there=$(cat "$dir/.kiln/round") || exit 1; fi
  [ "${there:-0}" -le "$1" ] || { echo "the job was started again meanwhile" >&2; exit 1; }
  [ "${there:-0}" -ne "$1" ]
}

# Whether a batch whose name begins with WAVE was launched, or one of a later wave: `execute-0-0-10.b` is of a later one than `execute-0-0-9.`
launched() {
  wave=${1%"${1##*[0-9]}"}
  stem=${wave%-*} least=${wave##*-}
  for file in "$dir"/.kiln/batches/*/tasks; do
    [ -e "$file" ] || continue
    name=${file%/tasks}
    name=${name##*/}
    case $name in
    "$1"*) return 0 ;;
    "$stem"-[0-9]*)
      number=${name#"$stem"-}
      [ "${number%%[!0-9]*}" -lt "$least" ] || return 0
      ;;
    esac
  done
  return 1
}

# Process ids of earlier attempts of tasks, found in one look at all processes: some leave the process group of their task.
earlier() { # LIST of lines "ITERATION TASK ATTEMPT .."
  [ -r /proc/self/environ ] || return 0
  marked | while IFS=/ read -r _ _ pid _; do
    grep -qs '^State:.[ZX]' "/proc/$pid/status" && continue
    tr '\n\0' ' \n' <"/proc/$pid/environ" | awk -F= -v pid="$pid" '
      $1 == "KILN_TASK" { task = $2 } $1 == "KILN_ATTEMPT" { attempt = $2 } END { if (task != "") print pid, task, attempt + 0 }'
  done 2>/dev/null | awk 'NR == FNR { if ($3 > 1) attempt[$2] = $3; next } $2 in attempt && $3 < attempt[$2] { print $1 }' "$1" -
}

# Waits until nobody sets up tasks. Whoever does looks for launched batches after saying so: one of both sees the other.
settled() {
  tries=0
  for busy in "$dir"/.kiln/*.busy; do
    while [ -e "$busy" ]; do
      if read -r pid its_boot 2>/dev/null <"$busy" && [ "$its_boot" = "$boot" ]; then alive "$pid" "$its_boot" || break
      elif [ -n "$(find "$busy" -mmin +5 2>/dev/null)" ]; then break; fi
      tries=$((tries + 1))
      [ $tries -lt 300 ] || { echo "tasks are still being set up" >&2; exit 1; }
      sleep 0.1 2>/dev/null || sleep 1
    done
  done
}

case $command in
another) # ROUND: prints "another" if what lies there is of an earlier round of the job, or nothing lies there and there was an earlier one
  if another "$1"; then echo another; fi
  ;;
prepare) # ROUND BYTES: makes the job's directory, with room for so much. What an earlier round left there is ended and removed, of this round nothing is touched
  if another "$1"; then
    end_job || exit
    if [ -e "$dir" ] && another "$1"; then mv "$dir" "$aside$$.${boot%%-*}" || exit; fi
  fi
  mkdir -p "$dir/.kiln" "$dir/logs" "$dir/payload" && echo "$1" >"$dir/.kiln/round.$$" && mv "$dir/.kiln/round.$$" "$dir/.kiln/round" || exit
  remove "$aside"* || : # it is in nobody's way, and goes at the latest with the job
  room "$2" "$dir/payload" # this may be done once more
  ;;
fill) # WAVE COUNT [z] <a tar archive of what tasks need, compressed with z. Its last file, .kiln/renewed, has COUNT lines "ITERATION TASK ATTEMPT
  # [./SET/.]". Ends and removes what an earlier attempt left, and gives tasks copies of their input sets and what was sent. Prints "launched" and
  # touches nothing if they may be at work, "missing SET" if that is not there. A launch finds all of it done, or nothing of it.
  cd "$dir" || exit
  archive=.kiln/fill.$$.${boot%%-*}
  list=$archive.list
  trap 'rm -f "$archive" "$archive".*' EXIT
  cat >"$archive" && tar "-x${3-}Of" "$archive" .kiln/renewed >"$list" && [ "$(wc -l <"$list")" -eq "$2" ] || { echo "what tasks need did not arrive whole" >&2; exit 1; }
  echo "$$ $boot" >"$archive.busy" || exit # a launch waits for this, not for a connection
  if launched "$1"; then echo launched; exit; fi
  if awk '$3 > 1 { found = 1 } END { exit !found }' "$list"; then end earlier "$list" || exit; fi
  awk '$3 > 1 { print "output_" $1 "/" $2, "work/" $2 } $3 > 1 || NF > 3 { print "input_" $1 "/" $2 }' "$list" >"$archive.old" || exit
  if [ -s "$archive.old" ] && ! xargs rm -rf <"$archive.old" 2>/dev/null; then
    xargs chmod -R u+rwX <"$archive.old" 2>/dev/null
    xargs rm -rf <"$archive.old" || exit
  fi
  while read -r iteration task _ set; do
    [ -n "$set" ] || continue
    [ -d ".kiln/inputs/$iteration/$set" ] || { echo "missing $set"; exit; }
    mkdir -p "input_$iteration/$task" && cp -R ".kiln/inputs/$iteration/$set" "input_$iteration/$task/" || exit
  done <"$list"
  tar "-x${3-}f" "$archive"
  ;;
settled)
  settled
  ;;
expect) # ITERATION NAME BYTES: prints the directory into which the input sets of an iteration, of so much, are to be unpacked; nothing if they are there
  cd "$dir" || exit
  [ ! -d ".kiln/inputs/$1" ] || exit 0
  for left in ".kiln/inputs/.$1".*; do remove "$left" || :; done # of calls whose connection broke; one that is still at work is called again
  room "$3"
  mkdir -p ".kiln/inputs/.$1.$2" && echo ".kiln/inputs/.$1.$2"
  ;;
accept) # ITERATION NAME TALLY: they are unpacked, and come to TALLY; what others left unfinished goes
  . "$dir/.kiln/inputs.sh"
  cd "$dir/.kiln/inputs" || exit
  if [ ! -d "$1" ]; then
    found=$(tally ".$1.$2") || exit
    [ "$found" = "$3" ] || { rm -rf ".$1.$2"; echo "what arrived is not what was sent" >&2; exit 1; }
    confine ".$1.$2" && mv ".$1.$2" "$1" || [ -d "$1" ] || exit
  fi
  for left in ".$1".* "$1/.$1.$2"; do remove "$left" || :; done
  ;;
launch) # COUNT BATCH SCRIPT ITERATION SLOTS LIMIT <COUNT task numbers: starts the runner of a batch unless it runs or has ended
  count=$1
  shift
  batch=$dir/.kiln/batches/$1
  mkdir -p "$batch" || exit
  if [ ! -e "$batch/tasks" ]; then # a connection that breaks looks like the end of the list
    cat >"$batch/tasks.$$" && [ "$(wc -l <"$batch/tasks.$$")" -eq "$count" ] || { rm -f "$batch/tasks.$$"; echo "the list of tasks did not arrive whole" >&2; exit 1; }
    mv "$batch/tasks.$$" "$batch/tasks" || exit
  fi
  if read -r pid its_boot 2>/dev/null <"$batch/runner" && alive "$pid" "$its_boot"; then exit 0; fi
  grep -qsx end "$batch/journal" && exit 0
  settled
  setsid sh "$dir/.kiln/runner.sh" "$dir" "$@" </dev/null >>"$batch/runner.log" 2>&1 &
  tries=0
  until [ -s "$batch/journal" ]; do
    kill -0 $! 2>/dev/null || [ -s "$batch/journal" ] || { cat "$batch/runner.log" >&2; exit 1; }
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo "the runner does not start" >&2; exit 1; }
    sleep 0.02 2>/dev/null || sleep 1
  done
  ;;
runner) # BATCH: prints running, ended or dead
  batch=$dir/.kiln/batches/$1
  if grep -qsx end "$batch/journal"; then echo ended
  elif read -r pid its_boot 2>/dev/null <"$batch/runner" && alive "$pid" "$its_boot"; then
    [ ! -p "$batch/free" ] || echo tick 1<>"$batch/free" # it looks after its slots, should nobody else remind it
    echo running
  else echo dead; fi
  ;;
pack) # [z] <paths, one a line: a tar archive of those outputs and logs that are there, compressed with z
  compress=${1-}
  cd "$dir" || exit
  set --
  while read -r path; do
    case $path in logs/*) [ -s "$path" ] ;; *) [ -e "$path" ] ;; esac && set -- "$@" "$path"
  done
  if [ $# = 0 ]; then dd if=/dev/zero bs=512 count=2 2>/dev/null | if [ "$compress" ]; then gzip; else cat; fi; exit; fi # an empty archive
  TAR_OPTIONS=--blocking-factor=128 tar "-c${compress}f" - "$@" # GNU tar would write 10 KiB at a time
  code=$?
  # GNU tar says 1 when a file only changed while it was read: a task left something running.
  if [ $code = 1 ] && tar --version 2>/dev/null | grep -q GNU; then code=0; fi
  exit $code
  ;;
stop) # ends every process of the job; fails if one is still alive at the end
  end_job
  ;;
clean)
  remove "$dir" "$aside"*
  ;;
*)
  echo "node.sh: there is no command $command" >&2
  exit 2
  ;;
esac
