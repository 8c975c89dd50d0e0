/* Loads and stores in a tiny loop: how often each byte occurs in 4 MiB. */
#define SIZE (4u << 20)

static unsigned char data[SIZE];
static unsigned counts[256];

__attribute__((export_name("prepare"))) void prepare(void) {
  unsigned x = 12345;
  for (unsigned i = 0; i < SIZE; i++) {
    x = x * 1664525u + 1013904223u;
    data[i] = (unsigned char)(x >> 24);
  }
}

__attribute__((export_name("run"))) unsigned run(void) {
  for (unsigned i = 0; i < 256; i++) counts[i] = 0;
  for (unsigned i = 0; i < SIZE; i++) counts[data[i]]++;
  unsigned sum = 0;
  for (unsigned i = 0; i < 256; i++) sum = sum * 31u + counts[i];
  return sum;
}
