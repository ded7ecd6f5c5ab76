#!/bin/sh
# Fetches the peers of the fan-out benchmark into a cache outside the checkout. Those that are missing are skipped, loudly.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
cache="${KAIBO_BENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kaibo-bench}/fanout"
mkdir -p "$cache"
cp "$here"/*.mjs "$here"/redis.sh "$here"/nats.sh "$cache"/
cd "$cache"
[ -f package.json ] || echo '{"private":true}' > package.json
npm install --no-fund --no-audit ws@8 bun socket.io@4 || echo "some npm peers could not be installed" >&2
# Unpacked, not installed: nothing of them runs unless the benchmark starts it.
mkdir -p debs
for package in redis-tools libjemalloc2 liblua5.1-0 lua-cjson lua-bitop liblzf1 libatomic1 libhiredis0.14 nats-server; do
  (cd debs && apt-get download -q "$package") || echo "package \`$package\` could not be fetched" >&2
done
for package in debs/*.deb; do
  [ ! -e "$package" ] || dpkg -x "$package" peers
done
# The server and its checker are one program that goes by its name.
[ ! -e peers/usr/bin/redis-check-rdb ] || cp peers/usr/bin/redis-check-rdb peers/usr/bin/redis-server
echo "peers are in $cache"
