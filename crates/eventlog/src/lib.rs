//! The durable event log 事件日志: append, read from a position, subscribe, named cursors.
//!
//! Positions are dense, start at 1 and are *the* order of everything that happens. An append resolves once its records
//! are on disk; appends that meet share one write and one sync. See `docs/decisions/0002-event-log.md` for the format,
//! the guarantees and the figures.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use eventlog::{EventLog, Options, Record};
//! let log = EventLog::open("data/log".as_ref(), Options::default())?;
//! let positions = log.append(vec![Record::new(1_700_000_000_000, "hello")]).await?;
//! for entry in log.read(positions.start) {
//!     println!("{}", entry?.position);
//! }
//! # Ok(()) }
//! ```

mod aligned;
mod append;
mod commit;
pub mod conformance;
mod cursor;
mod doctor;
mod error;
pub mod files;
mod index;
mod log;
mod open;
mod options;
mod pieces;
mod prepare;
mod queue;
mod reader;
mod record;
mod segment;
mod subscribe;
mod view;

pub use cursor::Cursor;
pub use doctor::{BadRecord, IndexState, Report, SegmentReport, doctor};
pub use error::{AppendError, CursorError, OpenError, ReadError};
pub use log::EventLog;
pub use options::Options;
pub use pieces::Piece;
pub use reader::Reader;
pub use record::{Batch, Entry, MAX_RECORD_BYTES, Record};
pub use subscribe::Subscription;
