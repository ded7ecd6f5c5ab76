//! Secrets that must be sent later: sealed before they are stored, opened only to be used.

use crate::Keys;
use anyhow::{Context, anyhow};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;

/// Seals `secret` for the record `id`; what is sealed for one opens for no other, nor for another purpose.
pub fn seal(keys: &Keys, purpose: &str, id: Uuid, secret: &str) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    lock(&key(keys, purpose), id.as_bytes(), secret.as_bytes(), &mut bytes)?;
    Ok(STANDARD_NO_PAD.encode(bytes))
}

pub fn open(keys: &Keys, purpose: &str, id: Uuid, sealed: &str) -> anyhow::Result<String> {
    let bytes = STANDARD_NO_PAD.decode(sealed).context("a sealed secret is not readable")?;
    let opened = unlock(&key(keys, purpose), id.as_bytes(), bytes)?;
    String::from_utf8(opened).context("a secret is not text")
}

/// The key of a purpose.
pub(crate) fn key(keys: &Keys, purpose: &str) -> [u8; 32] {
    keys.sign(purpose, b"key")
}

/// Appends a nonce and what `secret` is under `key`. It opens with the same `about` only.
pub(crate) fn lock(key: &[u8; 32], about: &[u8], secret: &[u8], to: &mut Vec<u8>) -> anyhow::Result<()> {
    let nonce: [u8; NONCE_LEN] = rand::random();
    to.extend_from_slice(&nonce);
    let at = to.len();
    to.extend_from_slice(secret);
    let secret = to.get_mut(at..).unwrap_or_default();
    let sealing = of(key)?.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), secret);
    let tag = sealing.map_err(|_| anyhow!("a secret could not be sealed"))?;
    to.extend_from_slice(tag.as_ref());
    Ok(())
}

pub(crate) fn unlock(key: &[u8; 32], about: &[u8], mut bytes: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    let (nonce, rest) = bytes.split_first_chunk_mut::<NONCE_LEN>().context("a sealed secret is cut short")?;
    let opened = of(key)?.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(about), rest);
    let length = opened.map_err(|_| anyhow!("a secret was sealed by another installation"))?.len();
    bytes.drain(..NONCE_LEN);
    bytes.truncate(length);
    Ok(bytes)
}

fn of(key: &[u8; 32]) -> anyhow::Result<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key);
    Ok(LessSafeKey::new(key.map_err(|_| anyhow!("a key of the wrong length"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_record_only() {
        let keys = Keys::from_secret([1; 32]);
        let id = Uuid::from_u128(1);
        let sealed = seal(&keys, "test", id, "live_密钥").expect("sealed");
        assert!(!sealed.contains("live"));
        assert_ne!(sealed, seal(&keys, "test", id, "live_密钥").expect("sealed"));
        assert_eq!(open(&keys, "test", id, &sealed).expect("opened"), "live_密钥");
        assert!(open(&keys, "test", Uuid::from_u128(2), &sealed).is_err());
        assert!(open(&Keys::from_secret([2; 32]), "test", id, &sealed).is_err());
        assert!(open(&keys, "another", id, &sealed).is_err());
        assert!(open(&keys, "test", id, "AAAA").is_err());
    }
}
