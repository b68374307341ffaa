#!/bin/sh
# Made by Kiln: prepares one task as a payload of Chiminey's older layout asks. The task has a directory of its own beside
# process_payload, called by its number, with a copy of that and with `chiminey`, which holds its inputs and will hold its outputs.
. "${KILN_JOB_DIRECTORY}payload/process_payload/.kiln/inputs.sh"
. "$kiln/chiminey.sh"
kiln_inputs "$1"
cd "$kiln_copy" || exit
rm -rf "$KILN_TASK"
cp -R process_payload "$KILN_TASK" && kiln_render "$KILN_TASK" process_payload || exit
mkdir -p "$KILN_TASK/chiminey" && cp -R "$1/." "$KILN_TASK/chiminey" && rm "$KILN_TASK/chiminey/values.json" || exit

kiln_ids=PIDs_collections.$KILN_TASK
echo "$KILN_TASK" >"$kiln_ids" || exit
PATH=$kiln/bin:$PATH
kiln_start start_schedule.sh process_payload "$kiln_ids"
cd "$KILN_TASK" || exit
grep -qs start_process_schedule ../start_schedule.sh || kiln_start start_process_schedule.sh
kiln_await process_schedule_done.sh 'Process Setup Completed'
cd .. || exit
kiln_await schedule_done.sh 'All processes are scheduled' "$kiln_ids"
