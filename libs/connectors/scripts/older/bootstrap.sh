#!/bin/sh
# Made by Kiln: prepares a node as a payload of Chiminey's older layout asks.
. "${KILN_JOB_DIRECTORY}payload/process_payload/.kiln/inputs.sh"
. "$kiln/chiminey.sh"
cd "$kiln_copy" || exit
kiln_start start_bootstrap.sh
kiln_await bootstrap_done.sh 'Environment Setup Completed'
