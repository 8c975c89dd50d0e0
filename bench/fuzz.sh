#!/bin/sh
# Runs every fuzz target of the tree, one after the other, for FUZZTIME each
# (default 20s). With arguments, only the targets of those packages:
#
#	FUZZTIME=5m sh bench/fuzz.sh ./js/internal/codec
set -eu
cd "$(dirname "$0")/.."
GO=${GO:-go}
if [ $# -eq 0 ]; then set -- ./...; fi

# Targets are found in the sources: to ask the test binaries would build all.
list=$("$GO" list -f '{{.ImportPath}} {{.Dir}}' "$@")
ran=0
while read -r package dir; do
	for target in $(cat "$dir"/*_test.go 2>/dev/null | sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p'); do
		echo "== $package $target"
		"$GO" test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-20s}" "$package" </dev/null
		ran=$((ran + 1))
	done
done <<EOF
$list
EOF
if [ "$ran" -eq 0 ]; then
	echo "fuzz: no fuzz target in $*" >&2
	exit 1
fi
echo "$ran fuzz targets, no failure"
