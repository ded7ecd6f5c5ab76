#!/usr/bin/env bash
# Fuzzes one target with libFuzzer for some seconds: tools/fuzz.sh TARGET [SECONDS]. What it finds stays in fuzz/corpus and fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"
target=$1
seconds=${2:-60}
# Coverage for libFuzzer by rustc itself. Sanitizers and their flags need a nightly compiler, or the stable one told so.
export RUSTC_BOOTSTRAP=1
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kaibo/target}-fuzz
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Cdebug-assertions -Ccodegen-units=1"
triple=$(rustc -vV | sed -n 's/^host: //p')
# A session of our own encoder opens the first doors.
case $target in rtmp | tags | amf)
  (cd .. && env -u RUSTFLAGS -u RUSTC_BOOTSTRAP CARGO_TARGET_DIR="${CARGO_TARGET_DIR%-fuzz}" KAIBO_FUZZ_SEEDS="$PWD/fuzz/corpus" KAIBO_FUZZ_ROUNDS=1 \
    cargo test --quiet --locked --profile ci -p media --test it fuzzing >/dev/null) ;;
esac
cargo build --release --quiet --target "$triple" --bin "$target"
mkdir -p "corpus/$target" "artifacts/$target"
exec "$CARGO_TARGET_DIR/$triple/release/$target" "corpus/$target" -artifact_prefix="artifacts/$target/" \
  -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1
