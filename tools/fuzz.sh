#!/usr/bin/env bash
# Fuzzes one target with libFuzzer for some seconds: tools/fuzz.sh TARGET [SECONDS]. What it finds stays in fuzz/corpus and fuzz/artifacts.
# It begins with what is kept in fuzz/seeds, which the tests run too. tools/fuzz.sh TARGET keep makes that anew from what was found:
# small inputs that take every way through the code, the 64 largest of them.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"
target=$1
most=64
seconds=${2:-60}
# Coverage for libFuzzer by rustc itself. Sanitizers and their flags need a nightly compiler, or the stable one told so.
export RUSTC_BOOTSTRAP=1
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/kaibo/target}-fuzz
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Cdebug-assertions -Ccodegen-units=1"
triple=$(rustc -vV | sed -n 's/^host: //p')
# A session of our own encoder opens the first doors.
case $target in rtmp | rtmp_client | tags | amf | program | mkv)
  (cd .. && env -u RUSTFLAGS -u RUSTC_BOOTSTRAP CARGO_TARGET_DIR="${CARGO_TARGET_DIR%-fuzz}" KAIBO_FUZZ_SEEDS="$PWD/fuzz/corpus" KAIBO_FUZZ_ROUNDS=1 \
    cargo test --quiet --locked --profile ci -p media --test it fuzzing -- --skip kept_inputs >/dev/null) ;;
esac
cargo build --release --quiet --target "$triple" --bin "$target"
mkdir -p "corpus/$target" "artifacts/$target" "seeds/$target"
run="$CARGO_TARGET_DIR/$triple/release/$target"
if [[ $seconds == keep ]]; then
  kept=$(mktemp -d)
  "$run" -set_cover_merge=1 -max_len=1024 "$kept" "seeds/$target" "corpus/$target"
  rm -r "seeds/$target" && mkdir -p "seeds/$target"
  (cd "$kept" && find . -type f -printf '%s %f\n' | sort -rn | head -n "$most" | cut -d' ' -f2 | xargs mv -t "$OLDPWD/seeds/$target")
  rm -r "$kept"
  exit
fi
exec "$run" "corpus/$target" "seeds/$target" -artifact_prefix="artifacts/$target/" \
  -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1
