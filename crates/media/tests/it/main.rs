//! What encoders and players may rely on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod chunks;
mod clips;
mod codecs;
mod disorder;
mod enhanced;
mod ffmpeg;
mod fuzzing;
mod hooks;
mod hostile;
mod http_support;
mod ladder;
mod lifecycle;
mod low_latency;
mod nginx;
mod packaging;
mod precheck;
mod probe;
mod program;
mod quality;
mod recording;
mod recording_support;
mod relay;
mod reload;
mod roles;
mod show;
