//! Programs of others that are started here: what they may take.

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tokio::process::Child;

/// Gives a child that was just started so many bytes of memory (address space) and no more: what it decodes comes from
/// strangers. A child that has ended already needs none.
pub(crate) fn confine(child: &Child, bytes: u64) {
    let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else { return };
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    if let Err(error) = prlimit(Some(pid), Resource::As, limit) {
        tracing::warn!("a child's memory is not limited: {error}");
    }
}
