# What rmc.awk and target.awk have in common. Every awk gives the same bits, even one without sqrt and exp: there are only whole
# numbers below 2^53, and + - * / of doubles, which IEEE 754 defines to the last bit.

# The generator of Park and Miller, "minimal standard"; a seed is 1 to 2147483646.
function seed(number,   i) {
  state = number % 2147483646 + 1
  for (i = 0; i < 8; i++) random() # seeds that are neighbours begin alike
}

# Above 0 and below 1.
function random() {
  state = 16807 * state % 2147483647
  return state / 2147483647
}

# exp(-x) for x >= 0, to eight digits.
function decay(x,   y, i) {
  if (x > 40) return 0
  y = x / 4096
  y = 1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4)))
  for (i = 0; i < 12; i++) y *= y
  return 1 / y
}

# Positions are whole numbers of millionths of the box, 0 to 999999, so that a file of them is exact. From a to b the shortest way.
function way(a, b) {
  b -= a
  return b > 500000 ? b - 1000000 : b < -500000 ? b + 1000000 : b
}

# One number of a displacement of at most `most`, and where it leads.
function displaced(from, most) {
  return (from + int((2 * random() - 1) * most) + 1000000) % 1000000
}

# Rings 1..bins of equal width divide half the box; ring k has the squares of distances from (k-1)^2 to k^2 in units of RING. Sets
# evenly[k], the pairs that it would have, were n particles spread evenly.
function divide(bins, n,   k, i) {
  HALF = 500000 * 500000
  RING = HALF / (bins * bins)
  for (k = 1; k <= bins; k++) {
    for (i = (k - 1) * (k - 1); i < k * k; i++) ring_at[i] = k
    evenly[k] = 3.14159265358979 * (2 * k - 1) / (4 * bins * bins) * n * (n - 1) / 2
  }
}

# The ring of a pair whose distance has this square; 0 if it is farther than half the box.
function ring_of(square) {
  return square < HALF ? ring_at[int(square / RING)] : 0
}
