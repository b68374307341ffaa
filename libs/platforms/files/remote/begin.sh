# $1: a directory to make, $2: the hidden name of what has come so far, $3: the name that it is to have, $4: KiB that are to come. Tells
# how many bytes have come.
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
[ ! -e "./$3" ] || [ -f "./$3" ] || [ -L "./$3" ] || exit 45
# What uploads that nobody went on with left here.
find . ! -name . -prune -name '.kiln-upload-*' ! -name "$2" -mtime +0 2>/dev/null | while IFS= read -r left; do
  discard "$left" 2>/dev/null
done
come=$(stat -c %s "./$2" 2>/dev/null) || come=0
free=$(df -Pk . | awk 'END { print $4 }')
[ "$((${free:-0} - 32768))" -ge "$(($4 - come / 1024))" ] || { echo "kiln: full $((free / 1024))" >&2; exit 28; }
echo "$come"
