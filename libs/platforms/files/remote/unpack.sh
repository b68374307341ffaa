# $1: a directory, $2: z if the archive is compressed.
anchored
mkdir -p "$root/$1" || exit 1
enter
into "$1"
export TAR_OPTIONS=--blocking-factor=128 # GNU tar would read 10 KiB at a time
exec tar "-xo$2f" -
