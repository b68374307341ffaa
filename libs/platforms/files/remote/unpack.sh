# $1: a directory, $2: z if the archive is compressed.
anchored
mkdir -p "$root/$1" || exit 1
enter
into "$1"
exec tar "-xo$2f" -
