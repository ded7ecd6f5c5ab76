//! What others hear, over real sockets, on a real store and log.
#![allow(clippy::unwrap_used)]

mod conformance;
mod events;
mod house;
mod receiver;
mod reference;
mod webhooks;
