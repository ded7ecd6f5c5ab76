//! The room domain from outside.

mod http_show;
mod slow;
mod socket;
