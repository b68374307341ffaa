# Reverse Monte Carlo: moves particles in a periodic square until their g(r) is that of target.dat. One move costs O(particles).
# Reads iseed, istart, temp and steps, and the paths target, input and output, from the environment; main.sh has checked them.
BEGIN {
  read_target(ENVIRON["target"])
  seed(ENVIRON["iseed"])
  if (ENVIRON["istart"] == 1) read_start(ENVIRON["input"] "/input_initial.xyz")
  else random_start()
  count_pairs()
  fit(ENVIRON["steps"] + 0, 2 * ENVIRON["temp"] / 1000000)
  write(ENVIRON["output"])
}

# Sets n, bins, box, target[1..bins], unit[k], the g of one pair, and core, the square of the closest approach in millionths of the box.
function read_target(file,   line, part, header, answer, k) {
  bins = 0
  while ((answer = (getline line <file)) > 0) {
    if (split(line, part) < 2) continue
    if (part[1] == "#") header[part[2]] = part[3]
    else {
      r[++bins] = part[1] + 0
      target[bins] = part[2] + 0
    }
  }
  if (answer < 0) fail(file " cannot be read.")
  n = header["particles"] + 0
  box = header["box"] + 0
  if (n < 2 || box <= 0 || bins < 1) fail(file " needs the lines '# particles N' and '# box LENGTH', and lines of r and g.")
  divide(bins, n)
  for (k = 1; k <= bins; k++) {
    if (r[k] < (k - 0.51) * box / 2 / bins || r[k] > (k - 0.49) * box / 2 / bins)
      fail(file ": line " k " of r and g should be at r = " (k - 0.5) * box / 2 / bins "; rings are equally wide up to half the box.")
    unit[k] = 1 / evenly[k]
  }
  core = header["closest"] / box * 1000000
  core *= core
}

# Positions x[0..n-1] and y[0..n-1] of an earlier task.
function read_start(file,   line, part, i) {
  if ((getline line <file) <= 0) fail("There is no " file "; a task with istart=1 goes on from one.")
  if (line + 0 != n) fail(file " has " line + 0 " particles, and the target is for " n ".")
  getline line <file
  for (i = 0; i < n; i++) {
    if ((getline line <file) <= 0 || split(line, part) < 3 || !inside(part[2]) || !inside(part[3]))
      fail(file ": line " i + 3 " should be a name, x, y and z, with x and y from 0 to " box ".")
    x[i] = int(part[2] / box * 1000000 + 0.5) % 1000000
    y[i] = int(part[3] / box * 1000000 + 0.5) % 1000000
  }
}

function inside(text) {
  return text ~ /^[0-9]+\.?[0-9]*$/ && text + 0 <= box
}

function random_start(   i, tries) {
  for (i = 0; i < n; i++) {
    tries = 0
    do {
      if (++tries > 100000) fail("The particles do not fit into the box; make 'particles' or 'closest' in target.dat smaller.")
      x[i] = int(random() * 1000000)
      y[i] = int(random() * 1000000)
    } while (!fits(i, x[i], y[i], i))
  }
}

# Whether the particles 0..many-1 leave room there for particle i. Sets near[j], the ring of each; 0 is farther than half the box.
function fits(i, atX, atY, many,   j, dx, dy, square) {
  for (j = 0; j < many; j++) {
    if (j == i) continue
    dx = way(atX, x[j])
    dy = way(atY, y[j])
    square = dx * dx + dy * dy
    if (square < core) return 0
    near[j] = ring_of(square)
  }
  return 1
}

# ring[i * n + j] of each pair, and pairs[k] in ring k.
function count_pairs(   i, j, k) {
  for (k = 0; k <= bins; k++) pairs[k] = change[k] = 0
  for (i = 1; i < n; i++) {
    if (!fits(i, x[i], y[i], i)) fail("Two particles of the start are closer than target.dat allows.")
    for (j = 0; j < i; j++) {
      ring[i * n + j] = ring[j * n + i] = near[j]
      pairs[near[j]]++
    }
  }
}

# The criterion: the sum over the rings of (g - target) squared.
function misfit(   k, sum) {
  sum = 0
  for (k = 1; k <= bins; k++) sum += (pairs[k] * unit[k] - target[k]) * (pairs[k] * unit[k] - target[k])
  return sum
}

# Tries so many moves: a rise of the criterion is accepted with the probability exp(-rise / heat). The best configuration is remembered,
# the start included, so that a task never ends worse than it began.
function fit(steps, heat,   step, i, atX, atY, most, chi, rise, accepted, log_file) {
  most = 0.05 / box * 1000000
  log_file = ENVIRON["output"] "/rmc.log"
  print "# step criterion accepted" >log_file
  accepted = 0
  chi = misfit()
  remember()
  for (step = 1; step <= steps; step++) {
    i = int(random() * n)
    atX = displaced(x[i], most)
    atY = displaced(y[i], most)
    if (fits(i, atX, atY, n)) {
      rise = compare(i)
      if (rise <= 0 || random() < decay(rise / heat)) {
        if (rise > 0) remember() # it was at the bottom of a valley
        accept(i, atX, atY)
        chi += rise
        accepted++
      }
    }
    if (step % 1000 == 0 || step == steps) printf "%d %.8f %.4f\n", step, chi, accepted / step >log_file
  }
  remember()
  close(log_file)
}

# What the criterion rises by if particle i goes where near[] was found. Sets change[k], what becomes of pairs[k].
function compare(i,   j, k, old, was, sum) {
  for (k = 0; k <= bins; k++) change[k] = 0
  for (j = 0; j < n; j++) {
    if (j == i || (old = ring[i * n + j]) == near[j]) continue
    change[old]--
    change[near[j]]++
  }
  sum = 0
  for (k = 1; k <= bins; k++) {
    if (change[k] == 0) continue
    was = 2 * (pairs[k] * unit[k] - target[k])
    sum += change[k] * unit[k] * (was + change[k] * unit[k])
  }
  return sum
}

function accept(i, atX, atY,   j, k) {
  x[i] = atX
  y[i] = atY
  for (j = 0; j < n; j++) if (j != i) ring[i * n + j] = ring[j * n + i] = near[j]
  for (k = 0; k <= bins; k++) pairs[k] += change[k]
}

function remember(   i, k, chi) {
  chi = misfit()
  if (best != "" && chi >= best) return
  best = chi
  for (i = 0; i < n; i++) {
    best_x[i] = x[i]
    best_y[i] = y[i]
  }
  for (k = 1; k <= bins; k++) best_g[k] = pairs[k] * unit[k]
}

# The criterion last: who finds it finds the rest.
function write(directory,   i, k, file) {
  file = directory "/xyz_final.xyz"
  printf "%d\nbox %.6f criterion %.8f\n", n, box, best >file
  for (i = 0; i < n; i++) printf "A %.8f %.8f 0\n", best_x[i] / 1000000 * box, best_y[i] / 1000000 * box >file
  close(file)
  file = directory "/gr.dat"
  print "# r g target" >file
  for (k = 1; k <= bins; k++) printf "%.4f %.6f %.6f\n", r[k], best_g[k], target[k] >file
  close(file)
  file = directory "/criterion.txt"
  printf "%.8f\n", best >file
  close(file)
}

function fail(sentence) {
  print "rmc-lite: " sentence | "cat >&2"
  close("cat >&2")
  exit 1
}
