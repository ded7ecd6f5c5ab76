//! A request's bytes as the sender meant them: gunzipped, whatever the headers say, and never more than allowed.

use flate2::bufread::MultiGzDecoder;
use std::{borrow::Cow, io::Read};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    #[error("the body is larger than {most} bytes after gunzip")]
    TooLarge { most: usize },
    #[error("the body says it is gzip but is not: {0}")]
    BadGzip(String),
}

/// Gunzips what begins like gzip (`1f 8b`), since browsers send it without saying so. `most` bounds the result, so a small body
/// that would grow without end costs no more than that.
pub fn plain(body: &[u8], most: usize) -> Result<Cow<'_, [u8]>, BadBody> {
    let bytes = if body.starts_with(&[0x1f, 0x8b]) {
        let mut bytes = Vec::with_capacity((body.len() * 4).min(most));
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        MultiGzDecoder::new(body)
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(|error| BadBody::BadGzip(error.to_string()))?;
        Cow::Owned(bytes)
    } else {
        Cow::Borrowed(body)
    };
    if bytes.len() > most {
        return Err(BadBody::TooLarge { most });
    }
    Ok(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    pub fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_recognised_by_its_first_bytes_and_bounded() {
        assert_eq!(plain(b"{}", 10).unwrap().as_ref(), b"{}");
        assert_eq!(plain(&gzip(b"{}"), 10).unwrap().as_ref(), b"{}");
        assert_eq!(plain(&[b'x'; 11], 10), Err(BadBody::TooLarge { most: 10 }));
        let bomb = gzip(&vec![0; 50 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(plain(&bomb, 500_000), Err(BadBody::TooLarge { most: 500_000 }));
        assert!(matches!(plain(b"\x1f\x8bnot really", 10), Err(BadBody::BadGzip(_))));
        let cut = gzip(&[b'x'; 10]);
        assert!(matches!(plain(&cut[..cut.len() - 9], 10), Err(BadBody::BadGzip(_))));
    }
}
