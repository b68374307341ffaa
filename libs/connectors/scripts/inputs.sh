# What the scripts that Kiln adds to a payload have in common. Names start with kiln_ because parameters of the job are variables here too.
kiln=${KILN_JOB_DIRECTORY}payload/process_payload/.kiln
kiln_initial=${KILN_JOB_DIRECTORY}payload/initial

kiln_fail() { # SENTENCE
  echo "$1" >&2
  exit 1
}

# Gives a task the files of `initial/`, unless an input set was brought to it, and `values`, which is what it runs with.
kiln_inputs() { # INPUT
  if [ -d "$kiln_initial" ] && [ "$(ls -A "$1")" = values.json ]; then cp -R "$kiln_initial/." "$1" || exit; fi
  cp "$1/values.json" "$1/values" || exit
  kiln_render "$1" initial
}

# Renders each NAME_template in a directory to NAME; both stay. FOLDER is what the payload's author calls the directory.
kiln_render() { # DIRECTORY FOLDER
  find "$1" -type f -name '?*_template' | while IFS= read -r kiln_template; do
    kiln_target=${kiln_template%_template}
    cp "$kiln_template" "$kiln_target" || exit # with its mode
    { cat "$kiln_template" && echo .; } | LC_ALL=C awk -f "$kiln/render.awk" "$2/${kiln_template#"$1"/}" >"$kiln_target" || exit
  done || exit
}
