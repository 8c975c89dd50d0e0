const SIZE = 4 << 20
const data = new Uint8Array(SIZE)
const counts = new Uint32Array(256)

function prepare() {
  let x = 12345
  for (let i = 0; i < SIZE; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0
    data[i] = x >>> 24
  }
}

function run() {
  for (let i = 0; i < 256; i++) counts[i] = 0
  for (let i = 0; i < SIZE; i++) counts[data[i]]++
  let sum = 0
  for (let i = 0; i < 256; i++) sum = (Math.imul(sum, 31) + counts[i]) | 0
  return sum >>> 0
}
