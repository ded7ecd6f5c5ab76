#!/usr/bin/env bash
# Takes the pictures of docs/pictures anew, from a demo room with its simulated audience.
set -euo pipefail
cd "$(dirname "$0")/.."
KAIBO_PICTURES=1 KAIBO_E2E_DEMO=1 tools/e2e.sh shots
tools/e2e.sh watch
tools/e2e.sh audit
tools/e2e.sh specs/relay.spec.ts
mkdir -p docs/pictures
for shot in live-desktop-light-zh-CN:live-desktop live-desktop-dark-en:live-desktop-dark-en room-phone-dark-zh-CN:room-phone \
  room-desktop-light-en:room-desktop-en rooms-desktop-light-zh-CN:rooms-desktop live-phone-light-zh-CN:live-phone \
  sources-desktop-light-zh-CN:sources-desktop audit-desktop:audit-desktop audit-desktop-dark-en:audit-desktop-dark-en audit-phone:audit-phone \
  quality-overview-desktop-light-zh-CN:quality-desktop quality-ingest-desktop-dark-en:ingest-desktop-dark-en \
  clips-desktop-light-zh-CN:clips-desktop studio-desktop-light-zh-CN:studio-desktop \
  relays-light-zh-CN-1440:relays-desktop relays-dark-zh-CN-390:relays-phone relay-alarm:relay-alarm \
  media-servers-light-zh-CN-1440:media-servers-desktop media-servers-dark-en-1440:media-servers-desktop-dark-en \
  media-servers-light-en-390:media-servers-phone-en media-server-forward:media-server-forward; do
  cp "e2e/out/${shot%%:*}.png" "docs/pictures/${shot##*:}.png"
done
cp e2e/out/danmaku-over-video.png docs/pictures/danmaku-over-video.png
tools/e2e.sh recordings
for shot in recordings recording-rule rewind replay; do cp "e2e/out/$shot.png" "docs/pictures/$shot.png"; done
