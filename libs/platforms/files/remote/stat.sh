# $1: a file or directory.
enter
existing "$1"
stat -c '%f %s %Y ./x/' "$at"
