//! What encoders and players may rely on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod chunks;
mod ffmpeg;
mod fuzzing;
mod hostile;
mod http_support;
mod lifecycle;
mod packaging;
mod precheck;
mod roles;
mod show;
