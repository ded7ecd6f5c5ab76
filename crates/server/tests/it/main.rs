//! The whole program, asked from outside.

mod clearance;
mod description;
mod evidence;
mod house;
mod idempotency;
mod limits;
mod moderation;
mod names;
mod patrol;
mod permissions;
mod personal;
mod privacy;
mod quality;
mod reach;
mod restarts;
mod retention;
mod routes;
mod sanctions;
mod scopes;
mod standing;
mod system;
mod tiers;
