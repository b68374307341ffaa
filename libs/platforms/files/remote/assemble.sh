# $1: the directory to make, $2: a hidden name beside it, where its texts are. The list has two lines for each file to copy: from, and to.
# What cannot be copied is told by its number.
enter
case $1 in */*) into "${1%/*}" ;; esac
there=$PWD n=0

while IFS= read -r line && IFS= read -r target; do
  n=$((n + 1))
  decode "$target" && to=$there/$2/$path
  decode "$line"
  [ -d "${to%/*}" ] || mkdir -p "${to%/*}" || exit 1
  (
    none() { echo "$n"; exit 44; }
    cd "$base/" && existing "$path"
    [ -f "$at" ] || { echo "$n"; exit 45; }
    exec cp "$at" "$to"
  ) || exit
done
name=./${1##*/}
discard "$name" && mv -f "$2" "$name"
