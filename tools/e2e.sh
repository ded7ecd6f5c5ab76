#!/usr/bin/env bash
# Starts a Kaibo on ports of its own with a stream in a room, and lets Playwright's Chromium loose on it.
# `tools/e2e.sh [what]` passes its arguments to Playwright; KAIBO_E2E_DEMO=1 takes the demo room and its audience instead.
# All of them run in KAIBO_E2E_PARTS parts side by side, each with a server of its own: specs wait more than they work. Where figures count
# there is one part.
set -euo pipefail
cd "$(dirname "$0")/.."
parts=${KAIBO_E2E_PARTS:-2}
[ -z "${KAIBO_STRICT:-}${KAIBO_LONG:-}${KAIBO_E2E_DEMO:-}" ] || parts=1
if [ $# = 0 ] && [ "$parts" -gt 1 ]; then
  running=()
  for part in $(seq "$parts"); do
    (set -o pipefail; KAIBO_E2E_OUT=out/results-$part "$PWD/tools/e2e.sh" "--shard=$part/$parts" 2>&1 | sed -u "s/^/$part: /") &
    running+=($!)
  done
  status=0
  for part in "${running[@]}"; do wait "$part" || status=$?; done
  exit "$status"
fi
kaibo=${KAIBO_BINARY:-$CARGO_TARGET_DIR/ci/kaibo}
data=$(mktemp -d)
http=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
rtmp=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$http
pids=()
finish() {
  status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [ "$status" != 0 ]; then echo "the server's last words:"; tail -n 20 "$data/server.log" || true; fi
  rm -rf "$data"
}
trap finish EXIT

# Relays and webhooks of the specs go to this machine, and what fails rings soon; a slow or full disk is nobody's business here.
# Whatever is heard, the engine of speech writes down the same.
echo '{"text": "想要的家人加微信领券", "segments": [{"start": 1, "end": 4, "text": "想要的家人加微信领券"}]}' >"$data/said.json"
cat >"$data/kaibo.toml" <<TOML
[speech]
engine = "command"
command = ["cat", "$data/said.json"]
TOML
cat >>"$data/kaibo.toml" <<'TOML'
[relay]
allow_private = true
[feed]
allow_private = true
[qoe]
relay_failed_s = 5
[condition]
look_ms = 500
raise_after_s = 1
clear_after_s = 1
free_bytes = 0
log_write_ms = 0
TOML
demo=()
[ -z "${KAIBO_E2E_DEMO:-}" ] || demo=(--demo)
"$kaibo" serve "${demo[@]}" --config "$data/kaibo.toml" --data "$data/data" --http "127.0.0.1:$http" --rtmp "127.0.0.1:$rtmp" >"$data/server.out" 2>"$data/server.log" &
pids+=($!)
for _ in $(seq 200); do curl -fsS "$url/readyz" >/dev/null 2>&1 && break; sleep 0.1; done
curl -fsS "$url/readyz" >/dev/null

token=$("$kaibo" token create --role admin --data "$data/data")
# The one-time password is changed once, before anybody signs in with it.
once=$(sed -n 's/.*one-time password //p' "$data/server.out")
password=$once-e2e
visit() { curl -fsS -o /dev/null -b "$data/cookies" -c "$data/cookies" -H "origin: $url" -H 'content-type: application/json' "$@"; }
visit -d "{\"login\":\"admin\",\"password\":\"$once\"}" "$url/api/session"
visit -d "{\"current\":\"$once\",\"new\":\"$password\"}" "$url/api/me/password"
api() { curl -fsS -H "authorization: Bearer $token" -H 'content-type: application/json' "$@"; }
field() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
if [ -n "${KAIBO_E2E_DEMO:-}" ]; then
  for _ in $(seq 300); do grep -q 'demo room' "$data/server.out" && break; sleep 0.2; done
  room=$(sed -n 's#.*demo room.*/r/##p' "$data/server.out")
  sleep "${KAIBO_E2E_WARM_UP_S:-150}" # the room fills, people talk
else
  created=$(api -d '{"title":"开播验收专场"}' "$url/api/rooms")
  room=$(field id <<<"$created")
  key=$(field stream_key <<<"$created")

  ffmpeg -hide_banner -loglevel error -nostdin -f lavfi -i testsrc2=size=640x360:rate=25 -f lavfi -i sine=frequency=330:sample_rate=44100 \
    -t 20 -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a aac -f flv "$data/show.flv"
  ffmpeg -hide_banner -loglevel error -nostdin -re -stream_loop -1 -i "$data/show.flv" -c copy -f flv "rtmp://127.0.0.1:$rtmp/live/$key" &
  pids+=($!)
fi
live=
for _ in $(seq 200); do
  live=$(api "$url/api/rooms/$room" | field live)
  [ "$live" = True ] && break
  sleep 0.2
done
[ "$live" = True ] || { echo "the room did not go live"; exit 1; }

export KAIBO_URL=$url KAIBO_TOKEN=$token KAIBO_ROOM=$room KAIBO_LOGIN=admin KAIBO_PASSWORD=$password
cd e2e
npx --no-install playwright test "$@"
