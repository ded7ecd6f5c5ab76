//! A token bucket per address, for the one route anybody may call without a token.

use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
};

/// A campus or a mobile carrier stands behind one address, so the limit is generous; it stops one machine from minting millions.
const BURST: f64 = 1_000.0;
const PER_SECOND: f64 = 100.0;
/// Above this many addresses the full buckets are forgotten.
const MOST: usize = 50_000;

#[derive(Default)]
pub(crate) struct Rate(Mutex<HashMap<IpAddr, Bucket>>);

struct Bucket {
    left: f64,
    at_ms: i64,
}

impl Bucket {
    fn refill(&mut self, now_ms: i64) {
        let passed_ms = now_ms.saturating_sub(self.at_ms).max(0);
        self.left = (self.left + passed_ms as f64 / 1_000.0 * PER_SECOND).min(BURST);
        self.at_ms = now_ms;
    }
}

impl Rate {
    /// Takes one token of `ip`'s bucket. The machine itself is not limited.
    pub(crate) fn allow(&self, ip: IpAddr, now_ms: i64) -> bool {
        if ip.to_canonical().is_loopback() {
            return true;
        }
        let mut buckets = self.0.lock();
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| {
                bucket.refill(now_ms);
                bucket.left < BURST
            });
        }
        let bucket = buckets.entry(network(ip)).or_insert(Bucket { left: BURST, at_ms: now_ms });
        bucket.refill(now_ms);
        let allowed = bucket.left >= 1.0;
        if allowed {
            bucket.left -= 1.0;
        }
        allowed
    }
}

/// One subscriber usually holds a whole IPv6 /64.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_limited_and_recovers_and_the_machine_itself_is_not() {
        let rate = Rate::default();
        let far = IpAddr::from([198, 51, 100, 7]);
        assert_eq!((0..2_000).filter(|_| rate.allow(far, 0)).count(), BURST as usize);
        assert_eq!((0..2_000).filter(|_| rate.allow(far, 1_000)).count(), PER_SECOND as usize);
        assert!(rate.allow(IpAddr::from([198, 51, 100, 8]), 1_000));
        assert!((0..5_000).all(|_| rate.allow(IpAddr::from([127, 0, 0, 1]), 0)));
    }
}
