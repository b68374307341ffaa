# Prints a template with the value of that environment variable for each {{name}}, as it is: nothing that a value holds means anything.
# usage: { cat TEMPLATE; echo .; } | awk -f render.awk FILE
# FILE is what a message calls it; the dot tells whether the last line has an end.
BEGIN { file = ARGV[1]; ARGC = 1; ORS = "" }
NR > 1 { put(line, NR - 1); print "\n" }
{ line = $0 }
END { if (!missing) put(substr(line, 1, length(line) - 1), NR) }

function put(text, number,    name, variable) {
  while (match(text, /[{][{][ \t]*[A-Za-z_][A-Za-z0-9_]*[ \t]*[}][}]/)) {
    name = substr(text, RSTART + 2, RLENGTH - 4)
    gsub(/[ \t]/, "", name)
    variable = name == "run_counter" ? "KILN_TASK" : name
    if (!(variable in ENVIRON)) {
      missing = 1
      print file ": line " number ": nothing gives {{" name "}} a value.\n" | "cat >&2"
      exit 1
    }
    print substr(text, 1, RSTART - 1) ENVIRON[variable]
    text = substr(text, RSTART + RLENGTH)
  }
  print text
}
