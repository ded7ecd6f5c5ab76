#!/bin/bash
# A private PostgreSQL server for tests, in a temporary folder, reached over a socket there; gone when its user is.
#   tools/postgres.sh COMMAND ...   runs the command with KAIBO_TEST_POSTGRES=<url>, and KAIBO_TEST_DATABASE=postgres unless it is set
#   tools/postgres.sh               prints the url, and stays until its standard input ends
#   tools/postgres.sh --restart DIR stops the server in that folder as a crash would, and starts it again
set -euo pipefail

for bin in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) ""; do
  [ -z "$bin" ] || [ -x "$bin/initdb" ] && break
done
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
[ -x "$bin/initdb" ] || { echo "PostgreSQL is not installed" >&2; exit 3; }

# The server refuses to be root.
as=()
[ "$(id -u)" != 0 ] || as=(runuser -u postgres --)
if [ "${1:-}" = --restart ]; then
  cd "$2"
  exec "${as[@]}" "$bin/pg_ctl" -D "$2/data" -m immediate -s -w -l "$2/data/server.log" restart
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/kaibo-postgres.XXXXXX")
[ "$(id -u)" != 0 ] || chown postgres "$dir"
stop() {
  (cd "$dir" && "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -s stop >/dev/null 2>&1) || true
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 143' TERM INT HUP
cd "$dir"
"${as[@]}" "$bin/initdb" -D "$dir/data" -U kaibo --auth=trust --encoding=UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1 ||
  { cat "$dir/initdb.log" >&2; exit 1; }
# Tests that stop the server the hard way ask for KAIBO_TEST_FSYNC=on.
"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -s -w -l "$dir/data/server.log" -o "-k $dir -c listen_addresses= \
  -c max_connections=400 -c fsync=${KAIBO_TEST_FSYNC:-off} -c full_page_writes=${KAIBO_TEST_FSYNC:-off}" start >/dev/null ||
  { cat "$dir/data/server.log" >&2; exit 1; }
url="postgres://kaibo@localhost/postgres?host=$dir"
cd - >/dev/null

if [ $# = 0 ]; then
  echo "$url"
  # Nobody reads what comes now, and whoever waits for the end of our output need not wait for ours.
  exec >/dev/null 2>&1
  cat >/dev/null
else
  KAIBO_TEST_DATABASE=${KAIBO_TEST_DATABASE:-postgres} KAIBO_TEST_POSTGRES="$url" "$@"
fi
