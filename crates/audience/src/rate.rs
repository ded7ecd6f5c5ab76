//! A token bucket per address, for what anybody may ask for without a token.

use app::{Buckets, ClientIp, Limit};
use events::Millis;
use parking_lot::Mutex;
use std::net::IpAddr;

/// A campus or a mobile carrier stands behind one address, so the limit is generous; it stops one machine from minting millions.
pub(crate) const TOKENS: Limit = Limit::per_s(1_000, 100);
/// Sessions of bare clients are asked for once per play, and few watch that way: a lecture hall of VLCs fits, a farm does not.
pub(crate) const BARE: Limit = Limit::per_s(300, 3);
/// Addresses that are remembered.
const MOST: usize = 50_000;

pub(crate) struct Rate(Mutex<Buckets<IpAddr>>);

impl Rate {
    pub(crate) fn new(limit: Limit) -> Self {
        Self(Mutex::new(Buckets::new(limit, MOST)))
    }

    /// Takes one token of `ip`'s bucket. The machine itself is not limited.
    pub(crate) fn allow(&self, ip: IpAddr, now: Millis) -> bool {
        ip.to_canonical().is_loopback() || self.0.lock().take(ClientIp(ip).network(), now).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_limited_and_recovers_and_the_machine_itself_is_not() {
        for (limit, per_s) in [(TOKENS, 100), (BARE, 3)] {
            let rate = Rate::new(limit);
            let far = IpAddr::from([198, 51, 100, 7]);
            assert_eq!((0..2_000).filter(|_| rate.allow(far, Millis(0))).count(), limit.at_once() as usize);
            assert_eq!((0..2_000).filter(|_| rate.allow(far, Millis(1_000))).count(), per_s);
            assert!(rate.allow(IpAddr::from([198, 51, 100, 8]), Millis(1_000)));
            assert!((0..5_000).all(|_| rate.allow(IpAddr::from([127, 0, 0, 1]), Millis(0))));
        }
    }
}
