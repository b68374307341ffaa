#!/bin/sh
# usage: main.sh INPUT_DIRECTORY OUTPUT_DIRECTORY, with samples and seed in the environment
set -e
awk -v directory="$2" 'BEGIN {
  samples = ENVIRON["samples"] + 0
  seed = ENVIRON["seed"] + 0
  srand(seed)
  for (i = 0; i < samples; i++) {
    x = rand()
    y = rand()
    if (x * x + y * y <= 1) inside++
  }
  share = inside / samples
  pi = 4 * share
  error = 4 * sqrt(share * (1 - share) / samples)
  printf "%.8f +- %.8f\n", pi, error >(directory "/pi.txt")
  printf "{\"pi\": %.8f, \"error\": %.8f, \"samples\": %d, \"seed\": %d}\n", pi, error, samples, seed >(directory "/pi.json")
}'
cat "$2"/pi.txt
