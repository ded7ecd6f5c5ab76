//! A token bucket per address, for what anybody may ask for without a token.

use app::ClientIp;
use parking_lot::Mutex;
use std::{collections::HashMap, net::IpAddr};

/// How much one address may ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    burst: f64,
    per_second: f64,
}

/// A campus or a mobile carrier stands behind one address, so the limit is generous; it stops one machine from minting millions.
pub(crate) const TOKENS: Limit = Limit { burst: 1_000.0, per_second: 100.0 };
/// Sessions of bare clients are asked for once per play, and few watch that way: a lecture hall of VLCs fits, a farm does not.
pub(crate) const BARE: Limit = Limit { burst: 300.0, per_second: 3.0 };
/// Above this many addresses the full buckets are forgotten.
const MOST: usize = 50_000;

pub(crate) struct Rate {
    limit: Limit,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

struct Bucket {
    left: f64,
    at_ms: i64,
}

impl Bucket {
    fn refill(&mut self, limit: Limit, now_ms: i64) {
        let passed_ms = now_ms.saturating_sub(self.at_ms).max(0);
        self.left = (self.left + passed_ms as f64 / 1_000.0 * limit.per_second).min(limit.burst);
        self.at_ms = now_ms;
    }
}

impl Rate {
    pub(crate) fn new(limit: Limit) -> Self {
        Self { limit, buckets: Mutex::default() }
    }

    /// Takes one token of `ip`'s bucket. The machine itself is not limited.
    pub(crate) fn allow(&self, ip: IpAddr, now_ms: i64) -> bool {
        if ip.to_canonical().is_loopback() {
            return true;
        }
        let limit = self.limit;
        let mut buckets = self.buckets.lock();
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| {
                bucket.refill(limit, now_ms);
                bucket.left < limit.burst
            });
        }
        let bucket = buckets.entry(ClientIp(ip).network()).or_insert(Bucket { left: limit.burst, at_ms: now_ms });
        bucket.refill(limit, now_ms);
        let allowed = bucket.left >= 1.0;
        if allowed {
            bucket.left -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_limited_and_recovers_and_the_machine_itself_is_not() {
        for limit in [TOKENS, BARE] {
            let rate = Rate::new(limit);
            let far = IpAddr::from([198, 51, 100, 7]);
            assert_eq!((0..2_000).filter(|_| rate.allow(far, 0)).count(), limit.burst as usize);
            assert_eq!((0..2_000).filter(|_| rate.allow(far, 1_000)).count(), limit.per_second as usize);
            assert!(rate.allow(IpAddr::from([198, 51, 100, 8]), 1_000));
            assert!((0..5_000).all(|_| rate.allow(IpAddr::from([127, 0, 0, 1]), 0)));
        }
    }
}
