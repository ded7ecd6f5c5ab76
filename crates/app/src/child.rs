//! Programs of others that are started here: what they may take.

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tokio::process::Child;

/// What the C library reserves for each thread, mostly without ever touching it.
const PER_CORE: u64 = 160 << 20;

/// Gives a child that was just started so many bytes of memory (address space), something for each core's threads, and no
/// more: what it decodes comes from strangers. A child that has ended already needs none.
pub fn confine(child: &Child, bytes: u64) {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    limit(child, bytes.saturating_add(cores.saturating_mul(PER_CORE)));
}

fn limit(child: &Child, bytes: u64) {
    let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else { return };
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    if let Err(error) = prlimit(Some(pid), Resource::As, limit) {
        tracing::warn!("a child's memory is not limited: {error}");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use std::process::Stdio;
    use tokio::io::AsyncWriteExt;

    #[tokio::test]
    async fn a_child_that_takes_too_much_ends_and_others_do_not() {
        let ends_well = async |bytes: u64| {
            // It waits for a line, so that it is confined when it begins to take.
            let script = "read line; exec awk 'BEGIN { s = \"x\"; while (length(s) < 100000000) s = s s }'";
            let mut child = tokio::process::Command::new("sh")
                .args(["-c", script])
                .stdin(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            limit(&child, bytes);
            child.stdin.take().unwrap().write_all(b"go\n").await.unwrap();
            child.wait().await.unwrap().success()
        };
        assert!(ends_well(4 << 30).await);
        assert!(!ends_well(64 << 20).await);
    }
}
