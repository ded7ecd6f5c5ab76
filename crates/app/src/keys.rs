//! One installation secret, from which every signing key is derived.

use anyhow::Context;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

/// HMAC-SHA256 keys by purpose. The secret is 32 random bytes in `secret.key` (mode 0600) of the data folder.
#[derive(Clone)]
pub struct Keys([u8; 32]);

impl Keys {
    /// Reads the secret, or makes it on the first start. It is on disk before anything is signed with it.
    pub fn load_or_create(data_dir: &Path) -> anyhow::Result<Self> {
        let path = data_dir.join("secret.key");
        if let Ok(bytes) = fs::read(&path) {
            let secret =
                bytes.try_into().ok().with_context(|| format!("`{}` does not hold 32 bytes", path.display()))?;
            return Ok(Self(secret));
        }
        let secret: [u8; 32] = rand::random();
        let fresh = data_dir.join("secret.key.new");
        let _ = fs::remove_file(&fresh);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&fresh)
            .with_context(|| format!("creating `{}`", fresh.display()))?;
        file.write_all(&secret)?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        fs::File::open(data_dir)?.sync_all()?;
        Ok(Self(secret))
    }

    /// Keys for a test or a one-off process.
    pub fn from_secret(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// HMAC-SHA256 of `message` under the key of `purpose` (RFC 2104; the key is HMAC(secret, purpose)).
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        mac(&mac(&self.0, purpose.as_bytes()), message)
    }
}

/// What stands in the database instead of a secret: SHA-256 in hex. A secret of many random bits needs no salt.
pub fn hash_of_secret(secret: &str) -> String {
    hash_of_bytes(secret.as_bytes())
}

/// SHA-256 in hex.
pub fn hash_of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // HMAC pads a short key with zeros to the hash's block of 64 bytes.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}
