//! The whole program, asked from outside.

mod house;
mod permissions;
mod restarts;
mod routes;
mod scopes;
