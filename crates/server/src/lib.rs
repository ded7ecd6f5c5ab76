//! The server: the list of features, what wires them to each other, middleware, and the life of the running program.

mod config;
mod databases;
mod features;
mod http;
mod idempotency;
mod program;
mod web;
mod wiring;

pub use config::{Config, DEFAULT_CONFIG};
pub use databases::{migrate, move_database, pending_migrations};
pub use idempotency::SECRETS as SECRET_FIELDS;
pub use program::{Running, create_token, openapi, start, verify_audit};
