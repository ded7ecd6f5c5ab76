//! The server: the list of features, what wires them to each other, middleware, and the life of the running program.

pub mod backup;
mod config;
mod config_check;
mod databases;
pub mod description;
mod features;
mod http;
mod http_limits;
mod idempotency;
mod program;
mod system;
mod trace;
mod web;
mod wiring;
mod wiring_admission;
mod wiring_evidence;
mod wiring_patrol;
mod wiring_reach;
mod wiring_words;

pub use backup::Manifest;
pub use config::{ApiSettings, Config, DEFAULT_CONFIG, LogFormat};
pub use config_check::{Finding, check_machine, check_text, effective};
pub use databases::{migrate, move_database, pending_migrations, steps};
pub use idempotency::SECRETS as SECRET_FIELDS;
pub use program::{Running, create_token, openapi, start, start_at, verify_audit, verify_ledger};
pub use trace::{TraceSettings, Traces};
