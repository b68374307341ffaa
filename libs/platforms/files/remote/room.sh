# Ends the program if there is not room for $1 KiB, nor 32 MiB more: results are not begun on a disk with less.
room() {
  needed=$((32768 + $1)) free=$(df -Pk . | awk 'END { print $4 }')
  [ "${free:-0}" -ge "$needed" ] || { echo "kiln: full $needed ${free:-0}" >&2; exit 28; }
}
