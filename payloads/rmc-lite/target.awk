# Makes the target that rmc.awk fits: the g(r) of a fluid of Lennard-Jones particles in two dimensions, as the mean of 400
# configurations of a Metropolis Monte Carlo simulation. Lengths are in diameters, the temperature in depths of the potential.
# usage, in the folder rmc-lite: LC_ALL=C awk -f process_payload/common.awk -f target.awk >process_payload/target.dat
BEGIN {
  n = 128
  box = 12.8
  bins = 64
  temperature = 0.5
  warm = 1000
  sweeps = 400
  between = 5
  step = 10000
  unit = box / 1000000
  reach = (box / 2) * (box / 2)
  divide(bins, n)
  seed(1)
  for (i = 0; i < n; i++) { # a lattice of twelve rows of eleven, the last one short
    x[i] = int(i % 11 * 1000000 / 11)
    y[i] = int(int(i / 11) * 1000000 / 12)
  }
  for (pass = 1; pass <= warm + sweeps * between; pass++) {
    for (i = 0; i < n; i++) try(i)
    if (pass > warm && pass % between == 0) count()
  }
  printf "# g(r) of a two-dimensional Lennard-Jones fluid, the mean of %d configurations, made by target.awk\n", sweeps
  printf "# temperature %.2f\n# particles %d\n# box %.2f\n# closest 0.80\n# r g\n", temperature, n, box
  for (k = 1; k <= bins; k++) printf "%.4f %.6f\n", (k - 0.5) * box / 2 / bins, pairs[k] / sweeps / evenly[k]
}

function try(i,   newX, newY, rise) {
  newX = displaced(x[i], step)
  newY = displaced(y[i], step)
  rise = energy(i, newX, newY) - energy(i, x[i], y[i])
  if (rise > 0 && random() >= decay(rise / temperature)) return
  x[i] = newX
  y[i] = newY
}

# Of particle i, were it there.
function energy(i, atX, atY,   j, dx, dy, square, sixth, sum) {
  sum = 0
  for (j = 0; j < n; j++) {
    if (j == i) continue
    dx = way(atX, x[j]) * unit
    dy = way(atY, y[j]) * unit
    square = dx * dx + dy * dy
    if (square < 0.25) return 1000000
    if (square >= reach) continue
    sixth = 1 / (square * square * square)
    sum += 4 * (sixth * sixth - sixth)
  }
  return sum
}

function count(   i, j, dx, dy) {
  for (i = 1; i < n; i++) for (j = 0; j < i; j++) {
    dx = way(x[i], x[j])
    dy = way(y[i], y[j])
    pairs[ring_of(dx * dx + dy * dy)]++
  }
}
