# The paths of the list.
enter
while IFS= read -r line; do
  decode "$line"
  (
    none() { exit 0; }
    case $path in */*) into "${path%/*}" ;; esac
    discard "./${path##*/}"
  ) || exit 1
done
