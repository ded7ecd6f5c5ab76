//! Secrets that must be sent later: sealed before they are stored, opened only to be used.

use crate::Keys;
use anyhow::{Context, anyhow};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;

/// Seals `secret` for the record `id`; what is sealed for one opens for no other, nor for another purpose.
pub fn seal(keys: &Keys, purpose: &str, id: Uuid, secret: &str) -> anyhow::Result<String> {
    let nonce: [u8; NONCE_LEN] = rand::random();
    let mut bytes = secret.as_bytes().to_vec();
    let sealing = key(keys, purpose)?.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(id.as_bytes()),
        &mut bytes,
    );
    sealing.map_err(|_| anyhow!("a secret could not be sealed"))?;
    Ok(STANDARD_NO_PAD.encode([&nonce[..], &bytes].concat()))
}

pub fn open(keys: &Keys, purpose: &str, id: Uuid, sealed: &str) -> anyhow::Result<String> {
    let bytes = STANDARD_NO_PAD.decode(sealed).context("a sealed secret is not readable")?;
    let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>().context("a sealed secret is cut short")?;
    let mut rest = rest.to_vec();
    let opened =
        key(keys, purpose)?.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(id.as_bytes()), &mut rest);
    let opened = opened.map_err(|_| anyhow!("a secret was sealed by another installation"))?;
    String::from_utf8(opened.to_vec()).context("a secret is not text")
}

fn key(keys: &Keys, purpose: &str) -> anyhow::Result<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, &keys.sign(purpose, b"key"));
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
