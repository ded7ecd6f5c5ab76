//! The whole program, asked from outside.

mod clearance;
mod description;
mod house;
mod idempotency;
mod limits;
mod moderation;
mod patrol;
mod permissions;
mod personal;
mod privacy;
mod quality;
mod restarts;
mod retention;
mod routes;
mod sanctions;
mod scopes;
mod standing;
mod system;
mod tiers;
