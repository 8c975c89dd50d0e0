#!/bin/sh
# run.sh LAMBENT: serve the examples on a free port, invoke one over HTTP and
# show the request and the reply.
set -eu
lambent=$1
examples=$(dirname "$0")
out=$(mktemp)
log=$(mktemp)
"$lambent" serve --listen 127.0.0.1:0 "$examples" >"$out" 2>"$log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; rm -f "$out" "$log"' EXIT

until [ -s "$out" ]; do
  kill -0 "$server" 2>/dev/null || { cat "$log" >&2; exit 1; }
  sleep 0.1
done
cat "$out"
url=$(sed -n 's/.* at \(http:.*\)/\1/p' "$out")

echo
echo "\$ lambent invoke hello --endpoint $url --event @examples/events/hello.json --tail"
"$lambent" invoke hello --endpoint "$url" --event "@$examples/events/hello.json" --tail

echo
echo "\$ lambent invoke hello-rust --endpoint $url --event '{\"name\":\"Ada\"}'"
"$lambent" invoke hello-rust --endpoint "$url" --event '{"name":"Ada"}'
