/* Floating point in a short loop: 256 by 256 points, up to 200 steps each. */
__attribute__((export_name("run"))) unsigned run(void) {
  unsigned total = 0;
  for (int py = 0; py < 256; py++) {
    for (int px = 0; px < 256; px++) {
      double cx = -2.0 + px * (3.0 / 256), cy = -1.5 + py * (3.0 / 256);
      double x = 0, y = 0;
      unsigned n = 0;
      while (n < 200 && x * x + y * y <= 4.0) {
        double next = x * x - y * y + cx;
        y = 2.0 * x * y + cy;
        x = next;
        n++;
      }
      total += n;
    }
  }
  return total;
}
