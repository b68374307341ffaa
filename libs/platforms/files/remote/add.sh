# $1: a directory, $2: the hidden name of what has come so far, $3: where in it the bytes of standard input belong. Tells how many have come.
enter
plain . "$1" || none
cd "./$1" || denied
come=$(stat -c %s "./$2" 2>/dev/null) || come=0
if [ "$come" -ge "$3" ]; then
  # By position: an earlier call for the same bytes may still be at work.
  { dd bs=1 seek="$3" count=0 conv=notrunc </dev/null 2>/dev/null && cat; } 1<>"./$2" || exit 1
else
  cat >/dev/null
fi
stat -c %s "./$2" 2>/dev/null || echo 0
