//! The domain through its public face.

mod learning;
mod words;
