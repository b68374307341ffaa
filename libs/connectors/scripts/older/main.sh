#!/bin/sh
# Made by Kiln: runs one task as a payload of Chiminey's older layout asks. What is in `chiminey` at its end is its output, however it ends.
. "${KILN_JOB_DIRECTORY}payload/process_payload/.kiln/inputs.sh"
. "$kiln/chiminey.sh"
kiln_output=$2
cd "$kiln_copy/$KILN_TASK" || exit

kiln_deliver() {
  kiln_code=$?
  trap - EXIT
  cd "$kiln_copy/$KILN_TASK" || exit
  if rmdir "$kiln_output" 2>/dev/null; then mv chiminey "$kiln_output"; else cp -R chiminey/. "$kiln_output"; fi || exit
  exit "$kiln_code"
}
trap kiln_deliver EXIT
trap 'exit 143' TERM

kiln_start start_running_process.sh
kiln_await process_running_done.sh stopped
