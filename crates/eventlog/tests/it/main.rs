//! What the log promises, held against both file layers, damage, kills and full disks.

mod conformance;
mod crash;
mod damage;
mod disk_full;
mod faulty;
mod handles;
mod pieces;
