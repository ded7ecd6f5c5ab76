//! What is sealed, and what becomes of it.

mod vault;
