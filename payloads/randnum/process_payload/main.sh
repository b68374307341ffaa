#!/bin/sh
# usage: main.sh INPUT_DIRECTORY OUTPUT_DIRECTORY
set -e
number=$(od -An -N2 -tu2 /dev/urandom)
{
  echo $((number % 32768))
  date
} >"$2"/signed_randnum
