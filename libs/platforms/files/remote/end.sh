# $1: a directory, $2: the hidden name of what has come, $3: the name that it gets, $4: its size, $5: its time, $6: its checksum, if known.
enter
plain . "$1" || none
cd "./$1" || denied
[ "$4" != 0 ] || : >>"./$2" || exit 1
[ ! -e "./$3" ] || [ -f "./$3" ] || [ -L "./$3" ] || exit 45
# Two that add at once may leave more than there is.
[ ! -f "./$2" ] || [ "$(stat -c %s "./$2")" -le "$4" ] || { rm -f "./$2"; exit 49; }
file=./$2
[ -f "$file" ] || file=./$3 # it has ended before, and the answer was lost
[ -f "$file" ] && [ "$(stat -c %s "$file")" = "$4" ] || exit 48
if [ -n "$6" ]; then
  sum=$(sha256sum <"$file") || exit 1
  [ "${sum%% *}" = "$6" ] || { rm -f "./$2"; exit 49; }
fi
[ "$file" = "./$3" ] || { touch -d "@$5" "$file" && move "$file" "./$3"; }
