# $1: a directory, $2: z to compress. The archive follows a plus sign; a minus sign is no directory.
none() { printf -; exit 0; }
enter
existing "$1"
[ "$at" = . ] || none
printf +
exec tar "-c$2f" - .
