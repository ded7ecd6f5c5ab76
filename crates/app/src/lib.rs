//! What every domain is given: the running program ([`App`]), who is asking ([`Can`] -> [`Actor`], [`Scope`]), how to answer
//! ([`ApiError`], [`Page`]) and how to join the program ([`Feature`]).

mod actor;
mod bucket;
pub mod chain;
pub mod child;
mod exact;
mod feature;
mod follow;
mod http;
mod keys;
mod mask;
pub mod outbound;
mod program;
mod public;
pub mod regions;
pub mod sealed;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;
pub mod vault;

pub use actor::{Actor, Authenticate, Permission, PermissionInfo, Reach, Scope, ScopeDenied};
pub use bucket::{Bucket, Buckets, Limit};
pub use exact::Exact;
pub use feature::{Feature, Job, Reaction};
pub use follow::Progress;
pub use http::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, ClientIp, Exercised, MaybeActor, Page, Problem, Refuse, Wire,
    Wired, Within,
};
pub use keys::{Keys, hash_of_bytes, hash_of_secret};
pub use mask::{Mask, ReadPersonal};
pub use program::{App, Parts};
pub use public::is_public;
pub use tokio_util::sync::CancellationToken as Stop;
