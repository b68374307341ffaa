# $6: the number of the piece on standard input, counted from 0, $7: its checksum. Tells how many bytes have come.
enter
plain . "$1" || none
cd "./$1" || denied
proven "$@"
if [ "$6" -gt "$pieces" ] || { [ "$6" -lt "$pieces" ] && [ "$(dd if="./$3" bs=65 skip="$6" count=1 2>/dev/null)" = "$7" ]; }; then
  cat >/dev/null
  echo "$come"
  exit
fi

# The checksums end before the piece $6; what is on standard input follows.
note() {
  said=$(dd of="./$3" bs=65 seek="$6" 2>&1) || { echo "$said" >&2; exit 1; }
}

note "$@" </dev/null
from=$(($6 * $5))
# By position: an earlier call for the same bytes may still be at work.
{ dd bs=1 seek="$from" count=0 conv=notrunc </dev/null 2>/dev/null && cat; } 1<>"./$2" || exit 1
# Its checksum must not outlive it, where dd can see to that.
dd if=/dev/null of="./$2" conv=notrunc,fsync 2>/dev/null
sum=$(dd if="./$2" bs=65536 skip="$((from / 65536))" count="$(($5 / 65536))" 2>/dev/null | sha256sum) || exit 1
[ "${sum%% *}" = "$7" ] || exit 50
printf '%s\n' "$7" | note "$@" || exit 1
proven "$@"
echo "$come"
