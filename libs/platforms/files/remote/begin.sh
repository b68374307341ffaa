# $6: the name that the file is to have. Makes the directory and tells how many bytes have come.
anchored
mkdir -p "$root" || exit 1
enter
way=. rest=$1/
[ "$1" != . ] || rest=
while [ -n "$rest" ]; do
  way=$way/${rest%%/*} rest=${rest#*/}
  [ ! -L "$way" ] || { echo "Not a directory: $way" >&2; exit 1; }
  [ -d "$way" ] || mkdir "$way" || [ -d "$way" ] || exit 1
done
cd "$way" || denied
[ ! -e "./$6" ] || [ -f "./$6" ] || [ -L "./$6" ] || exit 45
# What uploads that nobody went on with left here.
find . ! -name . -prune \( -name '.kiln-upload-*' -o -name '.kiln-sums-*' \) ! -name "$2" ! -name "$3" -mtime +0 2>/dev/null |
  while IFS= read -r left; do
    discard "$left" 2>/dev/null
  done
proven "$@"
room "$((($4 - come) / 1024))"
echo "$come"
