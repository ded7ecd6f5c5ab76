//! How requests are read and answered: the only place of `app` that knows axum.

mod can;
mod error;
mod extract;
mod page;
mod wire;
mod within;

#[cfg(feature = "testing")]
pub(crate) type Router = axum::Router;
#[cfg(feature = "testing")]
pub(crate) use axum::body::Body;

pub use can::{Can, ClientIp, Exercised, MaybeActor};
pub use error::{ApiError, ApiResult, Problem, Refuse};
pub use extract::{ApiJson, ApiPath, ApiQuery};
pub use page::Page;
pub use wire::{Wire, Wired};
pub use within::Within;
