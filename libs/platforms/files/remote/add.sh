# $1: a directory, $2: the hidden name of what has come so far, $3: where in it the bytes of standard input belong. Tells how many have come.
enter
plain . "$1" || none
cd "./$1" || denied
come=$(stat -c %s "./$2" 2>/dev/null) || come=0
if [ "$come" -ge "$3" ]; then
  [ "$come" = "$3" ] || truncate -s "$3" "./$2" || exit 1
  cat >>"./$2" || exit 1
else
  cat >/dev/null
fi
stat -c %s "./$2" 2>/dev/null || echo 0
