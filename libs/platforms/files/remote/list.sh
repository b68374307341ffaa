# $1: a directory. A name holds no slash, so that one before a newline ends an entry.
enter
existing "$1"
[ "$at" = . ] || none
[ -r . ] || denied
stat -c %f . >/dev/null || exit 1
find . ! -name . -prune -exec stat -c '%f %s %Y %n/' {} + 2>/dev/null
[ "$?" -le 1 ] # one that was removed meanwhile is passed over
