# $1: a directory that could be made, $2: KiB that are to go there.
anchored
directory=$root/$1
while [ ! -e "$directory" ] && [ ! -L "$directory" ]; do directory=${directory%/*}; done
[ -d "$directory" ] || { echo "Not a directory: $directory" >&2; exit 1; }
cd "$directory" && [ -w . ] && [ -x . ] || denied
room "$2"
