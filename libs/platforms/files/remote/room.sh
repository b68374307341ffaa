# Ends the program if there is not room for $1 KiB, nor 32 MiB more: results are not begun on a disk with less. Where nobody can tell, there
# is: some file systems tell 0 in all, and take files.
room() {
  needed=$((32768 + $1)) free=$(df -Pk . | awk 'END { print ($2 > 0 ? $4 : "") }')
  [ "${free:-$needed}" -ge "$needed" ] || { echo "kiln: full $needed $free" >&2; exit 28; }
}
