//! The room domain from outside.

mod http_show;
mod socket;
mod slow;
