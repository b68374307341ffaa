# $1: push or pull; then what writes the archive here, or unpacks it. The rest of standard input is the private key. Prints `in` when the
# other machine has let this one in, `at BYTES` again and again (`at -` where nobody can tell), and `moved BYTES` or `failed WHY`.
way=$1 mark=$KILN_DIRECT over=
shift
trap 'cd /; rm -rf "$there"; [ -n "$over" ] || end' EXIT
trap 'exit 1' HUP INT TERM PIPE

end() {
  trap '' HUP INT TERM PIPE
  kill -s TERM $(marked | grep -vx $$) 2>/dev/null
}

cat >key && mkfifo count far.words near.words || refuse "$there cannot be written"

wc -c <count >bytes &
counting=$!
counted() {
  sh -c 'echo $$ >counter; exec tee count'
  echo $? >between
}

# What they have to say may be of any length.
words() { head -c 4096; cat >/dev/null; }
words <far.words >far.said &
far_words=$!
words <near.words >near.said &
near_words=$!

# The key is gone as soon as it was used.
sign_in() {
  reach -i key -o IdentitiesOnly=yes -o PreferredAuthentications=publickey -o LogLevel=ERROR \
    -o PermitLocalCommand=yes -o LocalCommand='rm -f key' 2>far.words
  echo $? >far
}

near() {
  (umask "$mask" && exec "$@") 2>near.words
  echo $? >near
}

case $way in
push) { near "$@" </dev/null | counted | sign_in >/dev/null; } & ;;
pull) { sign_in </dev/null | counted | near "$@" >/dev/null; } & ;;
esac
pipe=$! told= naps=0

tell() { printf '%s\n' "$1" 2>/dev/null || exit 1; } # whoever asked is gone

while [ ! -e near ] || [ ! -e far ]; do
  kill -0 "$pipe" 2>/dev/null || break
  if [ -z "$told" ] && [ ! -e key ]; then
    told=1
    tell in
  fi
  at=$(sed -n 's/^rchar: //p' "/proc/$(cat counter 2>/dev/null)/io" 2>/dev/null)
  tell "at ${at:--}"
  naps=$((naps + 1))
  [ $naps -lt 10 ] && sleep 0.1 2>/dev/null || sleep 1
done
wait "$pipe"
over=1
: 3<>far.words 4<>near.words # nobody waits for one that never came
wait "$far_words" "$near_words"

here=$(cat near 2>/dev/null) other=$(cat far 2>/dev/null)
if [ "$here" = 0 ] && [ "$other" = 0 ] && [ "$(cat between 2>/dev/null)" = 0 ]; then
  wait "$counting"
  tell "moved $(($(cat bytes)))"
elif [ "$other" = 255 ]; then refuse "$(tr -d '\r' <far.said | grep . | tail -n 1)" # ssh itself
elif [ "$other" != 0 ]; then refuse "$(tr -d '\r' <far.said | grep . | sed q)"
elif [ "$here" != 0 ]; then refuse "$(grep . <near.said | sed q)"
else refuse 'what passed was cut'
fi
