//! Chains of hashes 哈希链: a row's hash covers the row and the hash before it, so that a row that was changed, left out or put elsewhere
//! is found. The audit log and the ledger are such chains.
//!
//! `hash = SHA-256(hash of the row before, 64 hex digits or nothing, then the fields)`. A field is its length in bytes in decimal, `:`, its
//! UTF-8 bytes and `,` (a netstring); a field without a value is `-`.

use crate::hash_of_bytes;

/// The hash of these fields behind `previous`; the first has nothing before it.
pub fn link(previous: &str, fields: &[Option<&str>]) -> String {
    let mut bytes = previous.as_bytes().to_vec();
    for field in fields {
        match field {
            Some(text) => bytes.extend_from_slice(format!("{}:{text},", text.len()).as_bytes()),
            None => bytes.push(b'-'),
        }
    }
    hash_of_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_that_the_document_says() {
        assert_eq!(link("", &[Some("1"), None, Some("管理员")]), hash_of_bytes("1:1,-9:管理员,".as_bytes()));
        assert_eq!(link("ab", &[]), hash_of_bytes(b"ab"));
        assert_ne!(link("", &[Some("ab"), Some("c")]), link("", &[Some("a"), Some("bc")]));
    }
}
