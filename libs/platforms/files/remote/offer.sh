# $1: a directory. Prints how many KiB are in it, and where it really is.
enter
existing "$1"
[ "$at" = . ] || none
size=$(du -sk . 2>/dev/null) # what cannot be read is found out when it is packed
printf '%s %s\n' "${size%%[!0-9]*}" "$(pwd -P && echo x)" # echo may read what is in a name
