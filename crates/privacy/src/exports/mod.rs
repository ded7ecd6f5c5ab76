//! Exports 导出: everything that is held of a viewer, as a file.

mod file;
pub mod http;
