//! What stands in the ledger for people and for their words: hashes under a salt of each viewer, 32 random bytes that stand in the database,
//! sealed, and nowhere else.
//!
//! An erasure destroys the salt. Nobody can tell then whose rows they were, nor try texts on them; the rows stay as they were written, so the
//! chain is as sound as before. Whoever writes again afterwards gets another salt, and is somebody else to the ledger.

use app::Keys;
use events::ViewerId;
use std::{collections::HashMap, fmt::Write};

/// Salts of some viewers.
#[derive(Default)]
pub struct People(HashMap<ViewerId, Salt>);

#[derive(Clone, Copy)]
pub struct Salt(pub(super) [u8; 32]);

impl Salt {
    pub fn random() -> Self {
        Self(rand::random())
    }

    pub fn hex(self) -> String {
        hex(&self.0)
    }

    pub fn of_hex(text: &str) -> Option<Self> {
        let bytes = (0..64).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
        Some(Self(bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()?))
    }

    /// HMAC-SHA256 under the key HMAC-SHA256(salt, purpose), in hex.
    fn sign(self, purpose: &str, text: &str) -> String {
        hex(&Keys::from_secret(self.0).sign(purpose, text.as_bytes()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl People {
    pub(super) fn new(salts: HashMap<ViewerId, Salt>) -> Self {
        Self(salts)
    }

    /// Who it was. None for whom nobody asked.
    pub fn person(&self, viewer: &ViewerId) -> Option<String> {
        Some(self.0.get(viewer)?.sign("person", viewer.as_str()))
    }

    /// What was written; nothing of nothing.
    pub fn words(&self, viewer: &ViewerId, text: &str) -> Option<String> {
        Some(self.0.get(viewer).filter(|_| !text.is_empty())?.sign("words", text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_read_as_it_was_written() {
        let salt = Salt::random();
        assert_eq!(Salt::of_hex(&salt.hex()).map(|salt| salt.0), Some(salt.0));
        assert!(["", "0g", &"0".repeat(63), "李"].iter().all(|text| Salt::of_hex(text).is_none()));
    }

    /// What `tools/verify_evidence.py` computes.
    #[test]
    fn the_hashes_are_those_that_the_document_says() {
        let viewer: ViewerId = "v1".parse().expect("an id");
        let people = People::new([(viewer.clone(), Salt([7; 32]))].into());
        let (person, words) = (people.person(&viewer), people.words(&viewer, "加微信"));
        assert_eq!(person.as_deref(), Some(PERSON));
        assert_eq!(words.as_deref(), Some(WORDS));
        assert_eq!((people.words(&viewer, ""), people.person(&ViewerId::random())), (None, None));
    }

    const PERSON: &str = "e32dfb5c1a91791c4414b6e690c3449a0aae69365a7b426c1f450320ac0bc7d5";
    const WORDS: &str = "de92a231ba1fcbc91ec8a77a6319367fba941b6da2ecdb68823f6f77205e5c5a";
}
