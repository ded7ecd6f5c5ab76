//! Passwords: argon2id in PHC strings, hashed off the request threads and few at a time.

use anyhow::Context;
use app::Refuse;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use rand::RngExt;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::sync::Semaphore;

/// Each takes 19 MiB and some ten milliseconds of one core.
const AT_ONCE: usize = 2;
const PATIENCE: Duration = Duration::from_secs(5);
const SHORTEST: usize = 12;
const LONGEST: usize = 128;
/// Long enough, and among the first that are tried. Compared without digits and signs at the end, in lower case.
const COMMON: &[&str] = &[
    "administrator",
    "adminadmin",
    "changeme",
    "correcthorsebatterystaple",
    "iloveyou",
    "kaibo",
    "kaibokaibo",
    "letmein",
    "password",
    "passwordpassword",
    "qwertyuiop",
    "superadmin",
    "welcome",
    "woaini",
    "zhibo",
];
const RUNS: &[&str] =
    &["01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb"];
/// Crockford's digits in lower case: nothing that is read wrongly from a terminal.
const READABLE: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a password has {SHORTEST} to {LONGEST} characters")]
    Length,
    #[error("the password must not be the login")]
    SameAsLogin,
    #[error("the password is among the first that are tried")]
    Common,
    #[error("the new password is the old one")]
    Unchanged,
    #[error("too many people are signing in, try again in a moment")]
    Busy,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Length | Self::SameAsLogin | Self::Common => "weak_password",
            Self::Unchanged => "password_unchanged",
            Self::Busy => "busy",
        }
    }
    fn status(&self) -> u16 {
        if *self == Self::Busy { 503 } else { 422 }
    }
    fn retry_after_s(&self) -> Option<u32> {
        (*self == Self::Busy).then_some(2)
    }
}

/// May `login` use `password`?
pub fn accept(login: &str, old: &str, password: &str) -> Result<(), Refusal> {
    if !(SHORTEST..=LONGEST).contains(&password.chars().count()) {
        return Err(Refusal::Length);
    }
    if password.eq_ignore_ascii_case(login) {
        return Err(Refusal::SameAsLogin);
    }
    if is_common(password) {
        return Err(Refusal::Common);
    }
    if password == old {
        return Err(Refusal::Unchanged);
    }
    Ok(())
}

fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    let word = lower.trim_end_matches(|last: char| !last.is_alphabetic());
    let backwards: String = lower.chars().rev().collect();
    different.len() < 4
        || COMMON.contains(&word)
        || RUNS.iter().any(|run| run.contains(&lower) || run.contains(&backwards))
}

/// A password for one sign-in: 80 random bits in four groups, readable from a terminal.
pub fn one_time() -> String {
    let mut rng = rand::rng();
    let groups: [String; 4] =
        std::array::from_fn(|_| (0..4).map(|_| char::from(READABLE[rng.random_range(0..READABLE.len())])).collect());
    groups.join("-")
}

/// Hashes and checks passwords, [`AT_ONCE`] at a time.
#[derive(Clone)]
pub(crate) struct Hasher(Arc<Semaphore>);

impl Default for Hasher {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Hasher {
    pub async fn hash(&self, password: String) -> anyhow::Result<Result<String, Refusal>> {
        self.work(move || hash(&password)).await
    }

    /// Whether `password` is the one hashed in `phc`. Without a hash the same work is done for nothing, so that the time
    /// does not tell which logins exist.
    pub async fn verify(&self, password: String, phc: Option<String>) -> anyhow::Result<Result<bool, Refusal>> {
        self.work(move || {
            let known = phc.is_some();
            let phc = match phc {
                Some(phc) => phc,
                None => dummy()?,
            };
            let right = Argon2::default().verify_password(password.as_bytes(), phc.as_str()).is_ok();
            Ok(known && right)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<Result<T, Refusal>> {
        let Ok(permit) = tokio::time::timeout(PATIENCE, self.0.clone().acquire_owned()).await else {
            return Ok(Err(Refusal::Busy));
        };
        let permit = permit.context("waiting for a turn to hash")?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        Ok(Ok(done.await.context("hashing a password")??))
    }
}

fn hash(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow::anyhow!("hashing a password: {error}"))?.to_string())
}

fn dummy() -> anyhow::Result<String> {
    static DUMMY: OnceLock<String> = OnceLock::new();
    if let Some(phc) = DUMMY.get() {
        return Ok(phc.clone());
    }
    let phc = hash(&one_time())?;
    Ok(DUMMY.get_or_init(|| phc).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused() {
        assert_eq!(accept("admin", "", "short"), Err(Refusal::Length));
        assert_eq!(accept("longenoughlogin", "", "LongEnoughLogin"), Err(Refusal::SameAsLogin));
        assert_eq!(accept("admin", "the same as before", "the same as before"), Err(Refusal::Unchanged));
        assert_eq!(accept("admin", "", &"xyzw".repeat(33)), Err(Refusal::Length));
        assert_eq!(accept("admin", "", "一二三四五六七八九十百千"), Ok(()));
        for common in
            ["aaaaaaaaaaaa", "121212121212", "Password1234!", "123456789012", "qwertyuiopasdf", "kaibo20262026"]
        {
            assert_eq!(accept("admin", "", common), Err(Refusal::Common), "{common}");
        }
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let hasher = Hasher::default();
        let phc = hasher.hash("correct horse".into()).await.unwrap().unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(hasher.verify("correct horse".into(), Some(phc.clone())).await.unwrap().unwrap());
        assert!(!hasher.verify("battery staple".into(), Some(phc)).await.unwrap().unwrap());
        assert!(!hasher.verify("anything".into(), None).await.unwrap().unwrap());
    }

    #[test]
    fn one_time_passwords_are_readable_and_accepted() {
        let password = one_time();
        assert_eq!(password.len(), 19);
        assert_eq!(accept("admin", "", &password), Ok(()));
        assert_ne!(password, one_time());
    }
}
