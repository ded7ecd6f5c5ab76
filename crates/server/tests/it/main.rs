//! The whole program, asked from outside.

mod house;
mod permissions;
mod routes;
mod scopes;
