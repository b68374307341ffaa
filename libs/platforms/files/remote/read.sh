# $1: a file, $2: the number of its first byte, counted from 1, $3: how many bytes. They follow a plus sign; a minus sign is no file.
none() { printf -; exit 0; }
enter
existing "$1"
[ -f "$at" ] || none
[ -r "$at" ] || denied
printf +
tail -c "+$2" "$at" | head -c "$3"
