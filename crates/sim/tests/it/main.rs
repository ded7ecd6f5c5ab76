//! The parts of the simulated audience that meet the outside: ffmpeg, and a server that is not there.

mod audience;
mod video;
