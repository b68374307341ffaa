# Runs the scripts of a payload of Chiminey's older layout: one that starts something, and one that says by its words when that is done.
kiln_copy=$kiln/chiminey_payload_copy
kiln_pipe=$kiln_copy/.kiln-pipe.$KILN_TASK
kiln_answer=$kiln_copy/.kiln-answer.$KILN_TASK
# Made by its stand-in for make, should a script that it was asked for have failed.
KILN_FAILED=$kiln_copy/.kiln-failed.$KILN_TASK
export KILN_FAILED
kiln_left=
# As Chiminey did on the machines of its time, where sh was bash: whatever their first line says.
if command -v bash >/dev/null; then kiln_shell=bash; else kiln_shell=sh; fi

# Whatever a script leaves running in the background has the pipe open; the reader ends when nothing of it is left.
kiln_start() { # SCRIPT [ARGUMENT ..]
  [ -e "$1" ] || return 0
  kiln_script=$1
  rm -f "$kiln_pipe" "$KILN_FAILED"
  mkfifo "$kiln_pipe" || exit
  cat "$kiln_pipe" >/dev/null &
  kiln_left=$!
  "$kiln_shell" "./$@" 9>"$kiln_pipe" </dev/null
  kiln_code=$?
  rm -f "$kiln_pipe"
  [ ! -e "$KILN_FAILED" ] || read -r kiln_code kiln_script <"$KILN_FAILED"
  [ "$kiln_code" = 0 ] || kiln_fail "$kiln_script exited with code $kiln_code$(kiln_last_words)"
}

# Asks a script until it says the words, ever more seldom, at least every 8 seconds. Without the script it is done.
# One that fails with a reason while nothing runs has no more to wait for; one that fails without words says only `not yet`.
kiln_await() { # SCRIPT WORDS [ARGUMENT ..]
  [ -e "$1" ] || return 0
  # Without an answer of ps such a script says at once that nothing runs any more.
  if grep -Eq '(^|[^[:alnum:]_])ps +-p' "$1" && ! ps -p $$ >/dev/null 2>&1; then
    kiln_fail "$1 needs a ps that understands -p, and this machine has none: install procps."
  fi
  kiln_done=$1 kiln_words=$2 kiln_pause=1
  shift 2
  while :; do
    kiln_runs=
    if [ -n "$kiln_left" ] && kill -0 "$kiln_left" 2>/dev/null; then kiln_runs=1; fi
    "$kiln_shell" "./$kiln_done" "$@" >"$kiln_answer" 2>&1 </dev/null
    kiln_code=$?
    if grep -qF -- "$kiln_words" "$kiln_answer"; then break; fi
    if [ "$kiln_code" != 0 ] && [ -z "$kiln_runs" ] && [ -s "$kiln_answer" ]; then
      cat "$kiln_answer" >&2
      kiln_fail "$kiln_done exited with code $kiln_code instead of saying \"$kiln_words\": $(kiln_last "$kiln_answer")"
    fi
    sleep "$kiln_pause"
    [ "$kiln_pause" -ge 8 ] || kiln_pause=$((kiln_pause * 2))
  done
  cat "$kiln_answer"
  rm -f "$kiln_answer"
}

# What the script wrote last to its standard error, which is the log of the task.
kiln_last_words() {
  kiln_log=${KILN_JOB_DIRECTORY}logs/$KILN_TASK
  [ "$KILN_ATTEMPT" = 1 ] || kiln_log=$kiln_log.$KILN_ATTEMPT
  if [ -s "$kiln_log.err" ]; then echo ": $(kiln_last "$kiln_log.err")"; else echo '; it wrote nothing to standard error.'; fi
}

kiln_last() { tail -n 1 "$1" | cut -c 1-200; }
