//! The ledger 存证账本: what people decided about what is said, in a chain of hashes for each organisation. Rows are only added, in the
//! transaction of what they tell.
//!
//! It holds no words of viewers and no viewer's id: [`people`] says what stands in their place, and what an erasure does to it.

pub mod http;
pub mod http_evidence;
pub mod people;
pub mod rules;
pub mod seal;
pub mod store;
mod store_people;
mod store_verify;

pub use rules::{Entry, Head, LedgerKind as Kind, Row, canonical, danmaku, day_of};
pub use seal::heads_in;
pub use store::{cut, old, write};
pub use store_people::{erase, people, salt};
pub use store_verify::{Damage, Note, Noted, Report, Whence, verify};
