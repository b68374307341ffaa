# $1: a directory. Prints how many files are in it, how many bytes they hold, and the sum of their checksums.
enter
into "$1"
tally .
