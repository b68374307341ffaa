# $1: a directory, $2: z to compress. The archive follows a plus sign; a minus sign is no directory.
none() { printf -; exit 0; }
enter
existing "$1"
[ "$at" = . ] || none
printf +
export TAR_OPTIONS=--blocking-factor=128 # GNU tar would write 10 KiB at a time
exec tar "-c$2f" - .
