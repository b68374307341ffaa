# Changes the keys that may log in here. $1: what Kiln's marks begin with, $2: what the paths of directories begin with each of which lets a
# key in once, $3: a name for what is at work here, $4: seconds after which a fresh key is of no use, blank for never, $5: the number of the
# copy, whose directory stays; then the numbers of marks whose keys go. Standard input is the line of the fresh key, or blank. Prints the numbers of the other marks there.
umask 077
LC_ALL=C
export LC_ALL
unset TZ
marks=$1 once=$2 name=$3 life=$4 copy=$5
shift 5

refuse() { printf 'kiln: %s\n' "$1" >&2; exit 1; }

cd "$HOME/.ssh" 2>/dev/null || refuse '~/.ssh cannot be entered'
file=$(readlink -f authorized_keys && echo x) || refuse '~/.ssh/authorized_keys leads nowhere'
file=${file%?x}
[ -f "$file" ] || refuse 'there is no ~/.ssh/authorized_keys'
mode=$(stat -c %a "$file") # root may write what is not to be written
[ -w "$file" ] && [ $((0$mode & 0200)) != 0 ] && [ "$(stat -c %h "$file")" = 1 ] || refuse '~/.ssh/authorized_keys is not to be changed'
cd "${file%/*}/" && file=./${file##*/} lock=./.kiln-keys || refuse "${file%/*} cannot be entered"
[ -w . ] || refuse 'the directory of authorized_keys is not to be changed'

IFS= read -r line || :
if [ -n "$line" ] && [ -n "$life" ]; then
  until=$(date -d "@$(($(date +%s) + life))" +%Y%m%d%H%M%S 2>/dev/null) && line="expiry-time=\"$until\",$line"
fi
drop=
for number; do
  [ "$number" = "$copy" ] || rmdir "$once$number" 2>/dev/null
  drop="$drop/ $marks-$number\$/d
"
done
if [ -n "$line" ]; then
  parent=${once%/*} parent=${parent%/*}
  [ -d "$parent" ] || refuse "$parent is not there" # what is not mounted is not written beside
  mkdir -p "$once$copy" || refuse "$once$copy cannot be made"
fi

# One at a time; what was killed leaves a lock that counts for two minutes at most. Who was taken for killed finds its own files gone.
tries=0
until mkdir "$lock" 2>/dev/null; do
  [ -z "$(find "$lock" -prune -mmin +1 2>/dev/null)" ] || rm -rf "$lock"
  tries=$((tries + 1))
  [ $tries -lt 1500 ] || refuse "$lock in the directory of authorized_keys cannot be made"
  sleep 0.1 2>/dev/null || sleep 1
done
new=$lock/new.$name old=$lock/old.$name
trap 'rm -f "$new" "$old"; rmdir "$lock" 2>/dev/null' EXIT
trap 'exit 1' HUP INT TERM PIPE

# The fresh key goes first: the last line may not end. All others stay byte for byte.
tries=0
while :; do
  cp -p "$file" "$new" && cat "$file" >"$old" || refuse 'authorized_keys cannot be copied'
  { [ -z "$line" ] || printf '%s\n' "$line"; } >"$new" && sed "$drop" "$old" >>"$new" || refuse 'authorized_keys cannot be written'
  before=$(cksum <"$old")
  [ "$before" != "$(cksum <"$new")" ] || break
  if [ "$before" = "$(cksum <"$file")" ]; then
    mv -f "$new" "$file" || refuse 'authorized_keys cannot be replaced'
    break
  fi
  tries=$((tries + 1)) # somebody else has just changed it
  [ $tries -lt 10 ] || refuse 'authorized_keys is changed again and again'
done
sed -n "/ $marks-[0-9a-f-]*\$/s/.* $marks-//p" "$file"
