# Results are not begun on a disk with less room than 32 MiB.
room() {
  free=$(df -Pk . | awk 'END { print $4 }')
  [ "${free:-0}" -ge 32768 ] || { echo "kiln: full $((free / 1024))" >&2; exit 28; }
}
