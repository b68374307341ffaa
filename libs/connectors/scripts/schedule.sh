#!/bin/sh
# Made by Kiln: gives a task its inputs and renders its templates, then runs the payload's own schedule.sh.
. "${KILN_JOB_DIRECTORY}payload/process_payload/.kiln/inputs.sh"
kiln_inputs "$1"
kiln_render . process_payload
cp "$1/values" "$2/values" || exit

kiln_own=${0%/*}/own-schedule.sh
[ -e "$kiln_own" ] || exit 0
if [ -x "$kiln_own" ]; then exec "$kiln_own" "$@"; fi
if command -v bash >/dev/null; then exec bash "$kiln_own" "$@"; fi
exec sh "$kiln_own" "$@"
