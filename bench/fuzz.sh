#!/bin/sh
# Runs every fuzz target of the tree, one after the other, for FUZZTIME each
# (default 20s). With arguments, only the targets of those packages:
#
#	FUZZTIME=5m sh bench/fuzz.sh ./js/internal/codec
set -eu
cd "$(dirname "$0")/.."
GO=${GO:-go}
if [ $# -eq 0 ]; then set -- ./...; fi

ran=0
for package in $("$GO" list "$@"); do
	for target in $("$GO" test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "== $package $target"
		"$GO" test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-20s}" "$package"
		ran=$((ran + 1))
	done
done
if [ "$ran" -eq 0 ]; then
	echo "fuzz: no fuzz target in $*" >&2
	exit 1
fi
echo "$ran fuzz targets, no failure"
