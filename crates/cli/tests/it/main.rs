//! The whole program, as a real process: its public contract, recordings, and what survives being killed.

mod audit;
mod backup;
mod condition;
mod contract;
mod databases;
mod durability;
mod harness;
mod ledger;
mod moderation;
mod recordings;
mod retention;
#[path = "../../../media/tests/it/s3.rs"]
mod s3;
mod settings;
mod shows;
mod socket;
mod text;
mod traces;
mod upgrade;
mod verify;
mod webhooks;
