# Where relative paths lie below a root. $1: a directory that must be there, $2: the root, in it or the same, $3: a path in that which is
# the root instead, unless a link stands on that way; or nothing.
LC_ALL=C
export LC_ALL
anchor=$1 root=$2 plain=$3
shift 3

none() { echo 'kiln: nothing there' >&2; exit 44; }
denied() { echo 'Permission denied' >&2; exit 1; }

# A file system that is not mounted is not written beside.
anchored() { [ -d "$anchor" ] || { echo 'kiln: away' >&2; exit 69; }; }

# Goes to the root.
enter() {
  cd -P "$root" 2>/dev/null || none
  base=${PWD%/}
  [ -z "$plain" ] || { base=$base/$plain && cd -P "./$plain" 2>/dev/null && [ "$PWD" = "$base" ]; } || none
}

# Goes to the directory $1; out of the root, by a link, is nowhere.
into() {
  [ -d "./$1" ] || none
  cd -P "./$1" 2>/dev/null || denied
  case $PWD/ in "$base"/*) ;; *) none ;; esac
}

# Goes to where $1 lies, past all links; `at` is its name there, and . for a directory.
existing() {
  at=. path=$1 links=0
  while [ -L "./$path" ] && [ ! -d "./$path" ]; do
    [ "$((links += 1))" -le 40 ] || none
    case $path in */*) into "${path%/*}" ;; esac
    next=$(readlink "./${path##*/}" && echo x) || none
    next=${next%?x} path=${next##*/}
    case $next in */*) cd -P "${next%/*}/" 2>/dev/null || none ;; esac
  done
  if [ -d "./$path" ]; then into "$path"
  else
    case $path in */*) into "${path%/*}" ;; *) into . ;; esac
    at=./${path##*/}
    [ -e "$at" ] || none
  fi
}

# Lines carry what would break them as octal numbers.
decode() {
  case $1 in
    *\\*) path=$(printf '%bx' "$1") path=${path%x} ;;
    *) path=$1 ;;
  esac
}
