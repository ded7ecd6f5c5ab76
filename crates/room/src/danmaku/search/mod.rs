//! Search 搜弹幕 over the whole archive.
//!
//! What is indexed is every character and every pair of neighbours of the folded text, so that whatever stands in a text is found,
//! also what no dictionary knows. The dictionary splits queries only: its next edition asks for no new index. Candidates of the
//! index are always read and compared: a page never holds what does not fit. Why: `docs/decisions/0022-danmaku-search.md`.

mod fold;
pub mod http;
mod job;
mod query;
pub mod store;

pub use fold::{Folded, Span};
pub use job::job;
pub use query::{BadQuery, Query};
