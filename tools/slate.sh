#!/bin/sh
# Makes the built-in slate of crates/media/assets/back-soon.html: a video that is played in a loop, and its picture.
# Needs Chromium with a CJK font, and ffmpeg.
set -eu
cd "$(dirname "$0")/../crates/media/assets"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,720 \
    --screenshot="$work/slate.png" "file://$PWD/back-soon.html" >/dev/null 2>&1
ffmpeg -nostdin -v error -y -loop 1 -framerate 25 -i "$work/slate.png" -t 2 -an \
    -c:v libx264 -preset veryslow -tune stillimage -profile:v main -pix_fmt yuv420p -crf 24 -g 50 -bf 0 \
    -flvflags no_duration_filesize -f flv back-soon.flv
ffmpeg -nostdin -v error -y -i "$work/slate.png" -q:v 5 back-soon.jpg
