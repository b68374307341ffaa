# $1: a directory, $2: of which it becomes a copy, $3: a hidden name. Hard links where the file system has them: a copy costs no room.
anchored
mkdir -p "$root/$2" && enter || exit 1
case $1 in */*) mkdir -p "./${1%/*}" || exit 1 ;; esac
cp -al "./$2" "./$3" 2>/dev/null || { discard "./$3" && cp -RP "./$2" "./$3"; } || exit 1
discard "./$1" && mv -f "./$3" "./$1"
