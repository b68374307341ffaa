# Ends what is at work for a copy, and removes directories. $1: its mark; then the directories.
mark=$1 tries=0 signal=TERM
shift
while :; do
  left=$(marked)
  [ -n "$left" ] || break
  [ $tries -lt 60 ] || { echo "still alive: $(echo $left)" >&2; exit 1; }
  [ $tries -lt 20 ] || signal=KILL
  kill -s $signal $left 2>/dev/null
  tries=$((tries + 1))
  sleep 0.1 2>/dev/null || sleep 1
done
for directory; do
  rm -rf "$directory" 2>/dev/null || { find "$directory" -type d -exec chmod u+rwx {} \; && rm -rf "$directory"; } || exit
done
