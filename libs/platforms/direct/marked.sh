# Process ids of all that is at work for the copy whose mark is $mark. Not every grep looks behind a NUL (BusyBox's does not).
marked() {
  if printf 'a\0b' | grep -qF b; then grep -lsF "KILN_DIRECT=$mark" /proc/[0-9]*/environ
  else
    for file in /proc/[0-9]*/environ; do
      tr '\0' '\n' 2>/dev/null <"$file" | grep -qxF "KILN_DIRECT=$mark" && echo "$file"
    done
  fi 2>/dev/null | while IFS=/ read -r _ _ pid _; do
    grep -qs '^State:.[ZX]' "/proc/$pid/status" || echo "$pid"
  done
}
