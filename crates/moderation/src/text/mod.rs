//! Words that a text may not say, found in whatever dress, and why.

mod bits;
mod claims;
mod filter;
mod fold;
mod guard;
mod latin;
mod learn;
mod lexicon;
mod loose;
mod quality;
mod shape;
mod sound;

pub use claims::Exemption;
pub use filter::{Checked, Filter, Hit, LONGEST_TEXT, Rule, Scratch, Unmade, Verdict, masked, starred};
pub use learn::{Example, Model, Pieces, Unusable, likeness};
pub use lexicon::{BadLine, Entry, LONGEST, ListLevel, Scope, Scopes, in_list, pack, read, read_as};
pub use quality::{Confusion, ModelCoverage, ModelIntervals, ModelQuality, interval};
