// A program: the event on standard input, the response on standard output.
#include <stdio.h>

int main(int argc, char **argv) {
  int c;
  fprintf(stderr, "%s runs\n", argv[0]);
  while ((c = getchar()) != EOF) putchar(c);
  return 0;
}
