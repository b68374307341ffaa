# Prints how many bytes the regular files below PATHs hold; of several names of a file one counts, and what is not there does not.
bytes() { # PATH ..
  if stat -c %s / >/dev/null 2>&1; then option=-c format='%h %d %i %s'; else option=-f format='%l %d %i %z'; fi
  find "$@" -type f -exec stat "$option" "$format" {} + 2>/dev/null |
    awk '$1 < 2 || !seen[$2, $3]++ { sum += $4 } END { printf "%.0f\n", sum }'
}
