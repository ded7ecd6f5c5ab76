//! Highlight suggestions 高光: where a show's danmaku, gifts or likes stood out from what was usual in it.
//!
//! `reactions` counts them in buckets of 5 s while the show runs, `rules` finds the peaks when somebody asks.

pub mod reactions;
pub mod rules;
