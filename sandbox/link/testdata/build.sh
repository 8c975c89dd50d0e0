#!/bin/sh
# Builds the modules of the tests from their texts, with wabt.
cd "$(dirname "$0")" || exit 1
for text in *.wat; do wat2wasm "$text" -o "${text%.wat}.wasm" || exit 1; done
