# $6: the name that the file gets, $7: its time, $8: the checksum of the checksums, if known.
enter
plain . "$1" || none
cd "./$1" || denied
[ "$4" != 0 ] || { : >>"./$2" && : >>"./$3"; } || exit 1
[ ! -e "./$6" ] || [ -f "./$6" ] || [ -L "./$6" ] || exit 45
if [ ! -f "./$2" ]; then
  # It has ended before, and the answer was lost.
  [ -f "./$6" ] && [ "$(stat -c '%s %Y' "./$6")" = "$4 $7" ] || exit 48
  exec rm -f "./$3"
fi
proven "$@"
[ "$come" = "$4" ] || exit 48

# A line that was never written would be of zeros.
whole() {
  lines=$((($4 + $5 - 1) / $5 * 65))
  [ "$(bytes "$2")" = "$4" ] && [ "$(bytes "$3")" = "$lines" ] && [ "$(tr -d '\000' <"./$3" | wc -c)" -eq "$lines" ] || return 1
  [ -n "$8" ] || return 0
  sum=$(sha256sum <"./$3") && [ "${sum%% *}" = "$8" ]
}

whole "$@" || { rm -f "./$3" "./$2"; exit 49; }
touch -d "@$7" "./$2" && move "./$2" "./$6" && rm -f "./$3"
