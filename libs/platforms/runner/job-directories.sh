#!/bin/sh
# The directories of jobs in a root on this machine. usage: job-directories.sh ROOT
# Prints "NAME SECONDS KIBIBYTES PROCESSES" a line: when something last happened there, - if its size cannot be told in good time, and how
# many processes carry its mark.
root=$1
cd "$root" 2>/dev/null || exit 0

# The mark of each process that has one, followed by a slash. Not every grep looks behind a NUL (BusyBox's does not).
marks() {
  if printf 'a\0b' | grep -qF b; then grep -lsF "KILN_JOB_DIRECTORY=$root/" /proc/[0-9]*/environ
  else ls -d /proc/[0-9]*/environ; fi 2>/dev/null | while read -r file; do
    grep -qs '^State:.[ZX]' "${file%environ}status" || tr '\0' '\n' <"$file" | grep '^KILN_JOB_DIRECTORY='
  done 2>/dev/null
}

# Of the entries that grow or change while a job is at work.
newest() {
  for path in "$1" "$1"/* "$1"/.kiln/batches/*/journal "$1"/.kiln/batches/*/ended; do
    [ ! -e "$path" ] || stat -c %Y "$path" 2>/dev/null || stat -f %m "$path"
  done | sort -n | tail -n 1
}

if command -v timeout >/dev/null 2>&1; then bounded='timeout 20'; else bounded=; fi
all=$(marks)
for name in *; do
  case $name in [!a-z0-9]* | *[!a-z0-9-]* | *[!0-9]) continue ;; esac
  [ -d "$name" ] && [ ! -L "$name" ] || continue
  size=$($bounded du -sk "$name" 2>/dev/null) && size=${size%%[!0-9]*} || size=-
  echo "$name $(newest "$name") $size $(printf '%s\n' "$all" | grep -cxF "KILN_JOB_DIRECTORY=$root/$name/")"
done
