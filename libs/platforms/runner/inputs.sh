# Looks after files that came from elsewhere: in input sets on a node, and in a storage before they are shown.

# Prints how many regular files there are, how many bytes they hold, and the sum of their checksums. Of several names of a file one counts,
# and no name is read but in lines that it cannot break.
tally() { # DIRECTORY [./PATH ..]
  (
    cd "$1" || exit
    shift
    [ $# -gt 0 ] || set -- .
    newline='
'
    {
      find "$@" -type f -links 1 ! -path "*$newline*" -exec cksum {} +
      find "$@" -type f \( -links +1 -o -path "*$newline*" \) -exec sh -c '
        for file; do
          inode=$(ls -di "$file" | sed q) && echo "inode ${inode%%.*} $(cksum <"$file")" || exit
        done' sh {} +
    } | awk '
      $1 == "inode" && $2 in seen { next }
      $1 == "inode" { seen[$2]; $1 = $3; size = $4 }
      $2 != "" { size = size == "" ? $2 : size; files++; bytes += size; sum = (sum + $1) % 4294967296; size = "" }
      END { printf "%.0f %.0f %.0f\n", files, bytes, sum }'
  )
}

# Input sets may come from anywhere: a symbolic link that leads out of its set would be followed when files of a task are made, and is removed.
# A path that climbs anywhere but at its beginning cannot be judged by its words, and counts as one that leads out.
confine() { # DIRECTORY of input sets
  find "$1" -type l -exec sh -c '
    drop() { rm -f "$1" 2>/dev/null || { chmod u+wx "${1%/*}" && rm -f "$1"; }; }
    for link; do
      path=${link#"$0"/} target=$(readlink "$link" && echo x) || exit
      target=${target%?x}/
      case $path in */*) at=${path%/*} ;; *) at= ;; esac
      while :; do
        case $target in
        ./*) target=${target#./} ;;
        ../*)
          case $at in */*) at=${at%/*} target=${target#../} ;; *) at= target= ;; esac
          ;;
        *) break ;;
        esac
      done
      case $at in "") drop "$link" || exit ;; esac
      case $target in /* | ../* | */../*) drop "$link" || exit ;; esac
    done' "$1" {} +
}
