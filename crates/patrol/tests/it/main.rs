//! The patrol through its public face: real media through a real ffmpeg, from a stage whose show the tests choose.

mod shows;
mod sound;
mod speech;
mod stage;
mod vision;
