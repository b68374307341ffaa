# Of an upload: $1 is its directory, $2 the hidden name of what has come, $3 that of the checksums of its pieces, a line of 65 bytes each,
# $4 its size, $5 that of its pieces.

bytes() { stat -c %s "./$1" 2>/dev/null || echo 0; }

# How many pieces are there and proven, and how many bytes they are. A piece counts once its line is whole.
proven() {
  pieces=$(($(bytes "$3") / 65))
  come=$((pieces * $5))
  [ "$come" -le "$4" ] || come=$4
  [ "$(bytes "$2")" -ge "$come" ] || pieces=0 come=0
}
