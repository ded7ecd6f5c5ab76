//! How often a password may be tried: token buckets that a right password fills up again.

use app::{Buckets, ClientIp, Limit};
use events::{Millis, UserId};
use std::net::IpAddr;

/// Wrong passwords for one login from one address: 5, then one every 30 s.
const PER_LOGIN: Limit = Limit::every_ms(5, 30_000);
/// Wrong passwords from one address, whoever they were for: 30, then one every 2 s.
const PER_ADDRESS: Limit = Limit::every_ms(30, 2_000);
/// Wrong codes of a second factor for one person, wherever they come from: 5, then one every 30 s. Without the password nobody
/// gets as far, so this locks out nobody but those whose password is known to others.
const PER_CODE: Limit = Limit::every_ms(5, 30_000);
/// Ways to a provider begun from one address: 30, then one every 2 s.
const PER_BEGIN: Limit = Limit::every_ms(30, 2_000);
/// Of each kind.
const MOST: usize = 10_000;

/// Attempts to sign in, remembered.
#[derive(Debug)]
pub(crate) struct Attempts {
    by_login: Buckets<(IpAddr, String)>,
    by_address: Buckets<IpAddr>,
    codes: Buckets<UserId>,
    begun: Buckets<IpAddr>,
}

/// A try that was let through; give it back when the password was right.
#[derive(Debug)]
pub(crate) struct Attempt {
    address: IpAddr,
    login: String,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            by_login: Buckets::new(PER_LOGIN, MOST),
            by_address: Buckets::new(PER_ADDRESS, MOST),
            codes: Buckets::new(PER_CODE, MOST),
            begun: Buckets::new(PER_BEGIN, MOST),
        }
    }
}

impl Attempts {
    /// Takes one try, or says in how many seconds there will be one.
    pub fn take(&mut self, address: IpAddr, login: &str, now: Millis) -> Result<Attempt, u32> {
        let login = login.chars().take(64).flat_map(char::to_lowercase).collect();
        let attempt = Attempt { address: ClientIp(address).network(), login };
        self.by_address.take(attempt.address, now)?;
        self.by_login.take((attempt.address, attempt.login.clone()), now)?;
        Ok(attempt)
    }

    /// The try said nothing about the password: it is whole again, those before it are not.
    pub fn returned(&mut self, attempt: Attempt) {
        self.by_address.give_back(&attempt.address);
        self.by_login.give_back(&(attempt.address, attempt.login));
    }

    /// Takes one way to a provider, or says in how many seconds there will be one.
    pub fn take_begin(&mut self, address: IpAddr, now: Millis) -> Result<(), u32> {
        self.begun.take(ClientIp(address).network(), now)
    }

    /// Takes one try at a person's code, or says in how many seconds there will be one.
    pub fn take_code(&mut self, user: UserId, now: Millis) -> Result<(), u32> {
        self.codes.take(user, now)
    }

    /// The code was right.
    pub fn code_succeeded(&mut self, user: UserId) {
        self.codes.fill(&user);
    }

    /// The password was right: the login's tries are whole again, and the address has its one back.
    pub fn succeeded(&mut self, attempt: Attempt) {
        self.by_address.give_back(&attempt.address);
        self.by_login.fill(&(attempt.address, attempt.login));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn wrong(attempts: &mut Attempts, login: &str, at_s: i64) -> Result<(), u32> {
        attempts.take(HERE, login, Millis(at_s * 1000)).map(drop)
    }

    #[test]
    fn the_sixth_wrong_password_waits() {
        let mut attempts = Attempts::default();
        for _ in 0..5 {
            assert_eq!(wrong(&mut attempts, "admin", 0), Ok(()));
        }
        assert_eq!(wrong(&mut attempts, "ADMIN", 0), Err(30));
        assert_eq!(wrong(&mut attempts, "admin", 29), Err(1));
        assert_eq!(wrong(&mut attempts, "somebody", 29), Ok(()), "others are not held up");
        assert_eq!(wrong(&mut attempts, "admin", 30), Ok(()));
        assert_eq!(wrong(&mut attempts, "admin", 30), Err(30));
    }

    #[test]
    fn a_right_password_counts_for_nothing() {
        let mut attempts = Attempts::default();
        for _ in 0..100 {
            let attempt = attempts.take(HERE, "admin", Millis(0)).expect("a try is left");
            attempts.succeeded(attempt);
        }
    }

    #[test]
    fn asking_for_the_code_gives_no_tries_back() {
        let mut attempts = Attempts::default();
        for _ in 0..4 {
            assert_eq!(wrong(&mut attempts, "admin", 0), Ok(()));
        }
        for _ in 0..10 {
            let attempt = attempts.take(HERE, "admin", Millis(0)).expect("a try is left");
            attempts.returned(attempt);
        }
        assert_eq!(wrong(&mut attempts, "admin", 0), Ok(()));
        assert_eq!(wrong(&mut attempts, "admin", 0), Err(30));
    }

    #[test]
    fn codes_are_counted_wherever_they_come_from() {
        let (mut attempts, user) = (Attempts::default(), UserId::new());
        let tried = (0..10).filter(|_| attempts.take_code(user, Millis(0)).is_ok()).count();
        assert_eq!(tried, 5);
        assert_eq!(attempts.take_code(UserId::new(), Millis(0)), Ok(()));
        attempts.code_succeeded(user);
        assert_eq!(attempts.take_code(user, Millis(0)), Ok(()));
    }

    #[test]
    fn one_address_cannot_try_every_login() {
        let mut attempts = Attempts::default();
        let let_through = (0..100).filter(|n| wrong(&mut attempts, &format!("user{n}"), 0).is_ok()).count();
        assert_eq!(let_through, 30);
    }

    #[test]
    fn a_subscriber_is_one_address() {
        let network = |address: &str| ClientIp(address.parse().unwrap()).network();
        let one = network("2001:db8::1");
        assert_eq!(one, network("2001:db8::ffff:1"));
        assert_ne!(one, network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:127.0.0.1"), HERE);
    }
}
