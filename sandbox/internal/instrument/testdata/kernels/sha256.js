const SIZE = 1 << 20
const data = new Uint8Array(SIZE + 64)
const w = new Int32Array(64)
const K = new Int32Array(64)
const start = new Int32Array(8)

// The constants of FIPS 180-4 are the fractions of roots of the first primes.
function prepare() {
  let found = 0
  for (let n = 2; found < 64; n++) {
    let prime = true
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false
    if (!prime) continue
    const bits = (x) => ((x - Math.floor(x)) * 4294967296) | 0
    if (found < 8) start[found] = bits(Math.sqrt(n))
    K[found++] = bits(Math.cbrt(n))
  }
  for (let i = 0; i < SIZE; i++) data[i] = i * 7 + (i >> 8)
  data[SIZE] = 0x80
  const bits = 8 * SIZE
  for (let i = 0; i < 4; i++) data[SIZE + 63 - i] = bits >>> (8 * i)
}

function rotate(x, n) { return (x >>> n) | (x << (32 - n)) }

function block(h, p) {
  for (let i = 0; i < 16; i++, p += 4) w[i] = (data[p] << 24) | (data[p + 1] << 16) | (data[p + 2] << 8) | data[p + 3]
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15], b = w[i - 2]
    w[i] = w[i - 16] + w[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) + (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10))
  }
  let [a, b, c, d, e, f, g, z] = h
  for (let i = 0; i < 64; i++) {
    const one = (z + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0
    const two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    z = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  const v = [a, b, c, d, e, f, g, z]
  for (let i = 0; i < 8; i++) h[i] = (h[i] + v[i]) | 0
}

function run() {
  const h = Array.from(start)
  for (let p = 0; p < SIZE + 64; p += 64) block(h, p)
  return h[0] >>> 0
}
