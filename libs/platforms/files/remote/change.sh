# Moves and removes; nothing follows a link.

# Whether each name on the way $2 from $1 is that of a directory, none of a link.
plain() {
  way=$1 rest=${2:+$2/}
  while [ -n "$rest" ]; do
    way=$way/${rest%%/*} rest=${rest#*/}
    [ -d "$way" ] && [ ! -L "$way" ] || return 1
  done
}

# A directory without permission to write is moved all the same.
move() {
  [ ! -L "$2" ] || rm -f "$2" || return 1
  [ ! -d "$2" ] || { echo "File exists: $2" >&2; return 1; }
  if [ ! -d "$1" ] || [ -L "$1" ]; then mv -f "$1" "$2"
  elif ! mv -f "$1" "$2" 2>/dev/null; then
    mode=$(stat -c %a "$1") && chmod u+rwx "$1" && mv -f "$1" "$2" && chmod "$mode" "$2"
  fi
}

# Payloads leave directories that even their owner may not write.
discard() {
  [ -e "$1" ] || [ -L "$1" ] || return 0
  rm -rf "$1" 2>/dev/null || { chmod -R u+rwX "$1"; rm -rf "$1"; }
}
