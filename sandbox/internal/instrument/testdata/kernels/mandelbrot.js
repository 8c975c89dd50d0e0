function run() {
  let total = 0
  for (let py = 0; py < 256; py++) {
    for (let px = 0; px < 256; px++) {
      const cx = -2.0 + px * (3.0 / 256), cy = -1.5 + py * (3.0 / 256)
      let x = 0, y = 0, n = 0
      while (n < 200 && x * x + y * y <= 4.0) {
        const next = x * x - y * y + cx
        y = 2.0 * x * y + cy
        x = next
        n++
      }
      total += n
    }
  }
  return total
}
