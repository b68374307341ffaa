# $1: a directory of this machine. The list has, after a line d PARENT, names of directories to move from there, and after f PARENT, of
# files to link; what is not there has been moved already.
anchored
from=$1
mkdir -p "$root" && [ "$(stat -c %d "$from")" = "$(stat -c %d "$root")" ] || exit 1

take() {
  [ "$#" -gt 0 ] || return 0
  if [ "$kind" = d ]; then mv -f "$@" "$root/$parent/"; else ln -f "$@" "$root/$parent/"; fi
}

set --
while IFS= read -r line; do
  case $line in
    'd '* | 'f '*)
      take "$@" || exit 1
      set --
      kind=${line%% *}
      decode "${line#? }" && parent=$path
      mkdir -p "$root/$parent" || exit 1
      ;;
    *)
      decode "${line#+}"
      one=$from/$parent/$path
      if [ "$kind" = d ]; then [ -e "$one" ] || [ -L "$one" ] || continue
      else
        [ -f "$one" ] && [ ! -L "$one" ] && [ -s "$one" ] || continue
        [ ! "$one" -ef "$root/$parent/$path" ] || continue
      fi
      set -- "$@" "$one"
      [ "$#" -lt 100 ] || { take "$@" && set --; } || exit 1
      ;;
  esac
done
take "$@"
