//! Viewer tokens 观众令牌: who watches which room, signed, so that no server has to remember them.
//!
//! `version 1 | room 16 | entry 16 | kind 1 | expires_ms 8, big-endian | viewer, 1 to 64 bytes | HMAC-SHA256 cut to 16`, in
//! unpadded base64url. The key is the installation's, under the purpose `viewer-token`.

use crate::{Refusal, ViewerPass};
use app::Keys;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use events::{EntryId, Millis, RoomId, ViewerId, ViewerKind};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// How long a token is good for.
pub const LIFE_MS: i64 = 12 * 3_600_000;

const PURPOSE: &str = "viewer-token";
const VERSION: u8 = 1;
const MAC: usize = 16;
const FIXED: usize = 1 + 16 + 16 + 1 + 8;
/// Longer ones are refused before anything is decoded.
const MAX_TEXT: usize = (FIXED + 64 + MAC).div_ceil(3) * 4;

pub(crate) fn sign(keys: &Keys, pass: &ViewerPass) -> String {
    let mut bytes = Vec::with_capacity(FIXED + 64 + MAC);
    bytes.push(VERSION);
    bytes.extend_from_slice(pass.room.0.as_bytes());
    bytes.extend_from_slice(pass.entry.0.as_bytes());
    bytes.push(match pass.kind {
        ViewerKind::Web => 0,
        ViewerKind::Bare => 1,
        ViewerKind::Imported => 2,
    });
    bytes.extend_from_slice(&pass.expires.0.to_be_bytes());
    bytes.extend_from_slice(pass.viewer.as_str().as_bytes());
    let mac = keys.sign(PURPOSE, &bytes);
    bytes.extend(mac.iter().take(MAC));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Signature only: the pass may have expired and may be for any room.
pub(crate) fn open(keys: &Keys, token: &str) -> Result<ViewerPass, Refusal> {
    if token.is_empty() {
        return Err(Refusal::TokenRequired);
    }
    if token.len() > MAX_TEXT {
        return Err(Refusal::TokenInvalid);
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| Refusal::TokenInvalid)?;
    let (body, mac) = bytes.split_last_chunk::<MAC>().ok_or(Refusal::TokenInvalid)?;
    let expected = keys.sign(PURPOSE, body);
    let genuine = expected.get(..MAC).is_some_and(|expected| bool::from(expected.ct_eq(mac)));
    if !genuine {
        return Err(Refusal::TokenInvalid);
    }
    // The signature is ours, so what follows only fails for tokens of another version of this program.
    parse(body).ok_or(Refusal::TokenInvalid)
}

/// Everything a request for `room` must satisfy.
pub(crate) fn check(keys: &Keys, token: &str, room: RoomId, now: Millis) -> Result<ViewerPass, Refusal> {
    let pass = open(keys, token)?;
    if pass.room != room {
        return Err(Refusal::TokenInvalid);
    }
    if pass.expires <= now {
        return Err(Refusal::TokenExpired);
    }
    Ok(pass)
}

fn parse(body: &[u8]) -> Option<ViewerPass> {
    let (version, rest) = body.split_first()?;
    let (room, rest) = rest.split_first_chunk::<16>()?;
    let (entry, rest) = rest.split_first_chunk::<16>()?;
    let (kind, rest) = rest.split_first()?;
    let (expires, viewer) = rest.split_first_chunk::<8>()?;
    if *version != VERSION {
        return None;
    }
    Some(ViewerPass {
        room: RoomId(Uuid::from_bytes(*room)),
        viewer: std::str::from_utf8(viewer).ok()?.parse::<ViewerId>().ok()?,
        entry: EntryId(Uuid::from_bytes(*entry)),
        kind: match kind {
            0 => ViewerKind::Web,
            1 => ViewerKind::Bare,
            2 => ViewerKind::Imported,
            _ => return None,
        },
        expires: Millis(i64::from_be_bytes(*expires)),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys() -> Keys {
        Keys::from_secret([7; 32])
    }

    fn pass(viewer: &str) -> ViewerPass {
        ViewerPass {
            room: RoomId::new(),
            viewer: viewer.parse().unwrap(),
            entry: EntryId::new(),
            kind: ViewerKind::Bare,
            expires: Millis(1_000),
        }
    }

    #[test]
    fn a_token_says_what_was_signed() {
        for viewer in ["v", "a-viewer", &"x".repeat(64)] {
            let pass = pass(viewer);
            let token = sign(&keys(), &pass);
            assert!(token.len() <= MAX_TEXT);
            assert_eq!(open(&keys(), &token), Ok(pass.clone()));
            assert_eq!(check(&keys(), &token, pass.room, Millis(999)), Ok(pass.clone()));
            assert_eq!(check(&keys(), &token, pass.room, Millis(1_000)), Err(Refusal::TokenExpired));
            assert_eq!(check(&keys(), &token, RoomId::new(), Millis(0)), Err(Refusal::TokenInvalid));
            assert_eq!(open(&Keys::from_secret([8; 32]), &token), Err(Refusal::TokenInvalid));
        }
        assert_eq!(open(&keys(), ""), Err(Refusal::TokenRequired));
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let bytes = URL_SAFE_NO_PAD.decode(sign(&keys(), &pass("viewer"))).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&keys(), &URL_SAFE_NO_PAD.encode(forged)), Err(Refusal::TokenInvalid), "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,200}") {
            prop_assert!(open(&keys(), &text).is_err());
        }

        #[test]
        fn any_signed_body_is_answered(body in proptest::collection::vec(any::<u8>(), 0..120)) {
            parse(&body);
        }
    }
}
