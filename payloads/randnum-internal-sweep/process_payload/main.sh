#!/bin/sh
# usage: main.sh INPUT_DIRECTORY OUTPUT_DIRECTORY
# The kernel's generator, because tasks that begin in the same second must not draw the same numbers.
set -e
words=$(od -An -N8 -tu4 /dev/urandom)
echo $words | awk '{ printf "%.10f\n%.10f\n", $1 / 4294967296, $2 / 4294967296 }' >"$2"/rand
cat "$2"/rand
