# Directories come in, one a line. Prints how many bytes their files hold.
cd -P "$root" 2>/dev/null || { echo 0; exit; }
set --
while IFS= read -r line; do
  decode "$line"
  set -- "$@" "$path"
done
bytes "$@"
