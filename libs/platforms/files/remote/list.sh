# $1: a directory, $2: how many entries are too many if there are more, or nothing. Of too many, it only says so. A name holds no slash, so
# that one before a newline ends an entry.
enter
existing "$1"
[ "$at" = . ] || none
[ -r . ] || denied
stat -c %f . >/dev/null || exit 1
if [ -n "${2-}" ]; then
  many=$(find . ! -name . -prune 2>/dev/null | awk -v most="$2" '/^[.]\// && ++n > most { print "more"; exit }')
  [ -z "$many" ] || { echo "$many"; exit; }
fi
find . ! -name . -prune -exec stat -c '%f %s %Y %n/' {} + 2>/dev/null
[ "$?" -le 1 ] # one that was removed meanwhile is passed over
