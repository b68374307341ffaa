#!/bin/sh
# usage: main.sh INPUT_DIRECTORY OUTPUT_DIRECTORY, with iseed, istart, temp and steps in the environment
# error_threshold, optimisation_scheme, fanout_per_kept_result and kept_results are for connector.ts: they say how iterations follow.
set -e
LC_ALL=C
export LC_ALL

fail() {
  echo "rmc-lite: $1" >&2
  exit 1
}

# NAME VALUE DIGITS: as many digits as awk counts with exactly
whole() {
  case $2 in
    '' | *[!0-9]*) fail "$1 should be a whole number, and is '$2'." ;;
  esac
  [ ${#2} -le 10 ] || fail "$1 should be at most ten digits long, and is $2."
}

whole iseed "${iseed-}"
whole steps "${steps-}"
whole temp "${temp-}"
[ "$temp" -gt 0 ] || fail "temp should be above 0."
case ${istart-} in
  1) [ -r "$1/input_initial.xyz" ] || fail "There is no $1/input_initial.xyz; a task with istart=1 goes on from one." ;;
  2) ;;
  *) fail "istart should be 1, to go on from input_initial.xyz, or 2, for a random start; it is '${istart-}'." ;;
esac
[ -d "$2" ] || fail "There is no directory '$2' for the results."

here=$(dirname "$0")
export iseed steps temp istart
input=$1 output=$2 target=$here/target.dat awk -f "$here/common.awk" -f "$here/rmc.awk"
[ -s "$2/criterion.txt" ] || fail "The results could not be written to $2; is its disk full?"
echo "criterion $(cat "$2/criterion.txt"), after $steps moves at temp $temp from seed $iseed"
