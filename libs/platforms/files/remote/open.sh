# $1: the directory to make, and to show to be writable; $2: a hidden name in it.
anchored
directory=$root/$1
mkdir -p "$directory" && cd "$directory" || exit 1
: >"$2" && rm -f "$2" || denied
room 0
# What programs that were killed left here.
find . ! -name . -prune -name '.kiln-[a-z]*-????????-????-????-????-????????????' -mtime +0 2>/dev/null | while IFS= read -r left; do
  discard "$left" 2>/dev/null
done
exit 0
