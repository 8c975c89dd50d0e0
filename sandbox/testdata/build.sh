#!/bin/sh
# build.sh: make the modules of this folder and of the examples anew from their
# sources. It needs clang, lld and wasi-libc, wabt, a rustc with the target
# wasm32-unknown-unknown (RUSTC) and AssemblyScript's asc (ASC).
set -eu
cd "$(dirname "$0")"
rustc=${RUSTC:-rustc}
asc=${ASC:-npx asc}
examples=../../examples

for wat in *.wat; do
  wat2wasm "$wat" -o "${wat%.wat}.wasm"
done

# Without the names of functions, traps could not tell where they were.
clang --target=wasm32 -O1 -nostdlib -mbulk-memory -c -o hostile.o hostile.c
wasm-ld --no-entry --strip-debug -z stack-size=65536 -o hostile.wasm hostile.o
rm hostile.o

(cd $examples/hello-c &&
  clang --target=wasm32-wasi -mexec-model=reactor -Os -Wl,--strip-all -o bootstrap.wasm hello.c)
(cd $examples/hello-rust &&
  $rustc --target wasm32-unknown-unknown --crate-type cdylib \
    -C opt-level=s -C panic=abort -C lto -C strip=symbols -o bootstrap.wasm hello.rs)
(cd $examples/hello-assemblyscript &&
  $asc hello.ts --outFile bootstrap.wasm -O3 --runtime incremental --use abort=)
chmod 644 *.wasm $examples/*/bootstrap.wasm
