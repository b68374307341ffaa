# $1: a directory, $2: where it was unpacked in it. Each directory of the list is put in place of what was there, the rest over it.
enter
into "$1"
fresh=$2/fresh old=$2/old n=0
[ -d "$fresh" ] || { echo "$fresh is gone" >&2; exit 1; }

replace() {
  moved=
  case $path in */*) parent=${path%/*} ;; *) parent= ;; esac
  if plain . "$parent" && { [ -e "$path" ] || [ -L "$path" ]; }; then
    move "./$path" "$old/$1" || return 1
    moved=$old/$1
  fi
  plain "$fresh" "$path" || return 0
  if mkdir -p "./$parent" && plain . "$parent"; then move "$fresh/$path" "./$path" && return
  else echo "Not a directory: $parent" >&2; fi
  [ -z "$moved" ] || move "$moved" "./$path"
  return 1
}

merge() {
  for from in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$from" ] || [ -L "$from" ] || continue
    to=$2/${from##*/}
    if [ -d "$from" ] && [ ! -L "$from" ]; then
      if [ -d "$to" ] && [ ! -L "$to" ]; then
        (merge "$from" "$to") || return 1
        continue
      fi
      rm -f "$to" || return 1
    fi
    move "$from" "$to" || return 1
  done
}

while IFS= read -r line; do
  decode "$line"
  replace "$((n += 1))" || exit 1
done
merge "$fresh" . || exit 1
