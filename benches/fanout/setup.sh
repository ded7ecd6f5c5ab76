#!/bin/sh
# Fetches the peers of the fan-out benchmark into a cache outside the checkout. Those that are missing are skipped, loudly.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
cache="${KAIBO_BENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kaibo-bench}/fanout"
mkdir -p "$cache"
cp "$here"/*.mjs "$cache"/
cd "$cache"
[ -f package.json ] || echo '{"private":true}' > package.json
npm install --no-fund --no-audit ws@8 bun || echo "some npm peers could not be installed" >&2
echo "peers are in $cache"
