# $1: a directory, $2: a hidden name in it, $3: z if the archive is compressed, $4: where in it the archive goes. Unpacks it there, and
# prints what that comes to.
anchored
mkdir -p "$root/$1" || exit 1
enter
into "$1"
mkdir -p "$2/fresh/$4" "$2/old" && cd "$2/fresh/$4" || exit 1
TAR_OPTIONS=--blocking-factor=128 tar "-xo$3f" - || exit
tally .
