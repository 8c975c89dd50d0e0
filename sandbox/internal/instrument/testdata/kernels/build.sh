#!/bin/sh
# Builds the kernels anew. Needs clang and lld with the wasm32 target.
set -e
cd "$(dirname "$0")"
for kernel in sha256 mandelbrot fib histogram; do
  clang --target=wasm32 -O2 -nostdlib -fno-builtin -Wall -Wl,--no-entry -Wl,--strip-debug -Wl,-z,stack-size=16384 \
    -o "$kernel.wasm" "$kernel.c"
done
