//! Where the object store is, as the settings say it.

use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;

/// `s3://bucket/prefix` or `file:///folder`; empty: there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Address {
    #[default]
    Nowhere,
    S3 {
        bucket: String,
        /// Without slashes at its ends.
        prefix: String,
    },
    Folder(PathBuf),
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Nowhere);
        }
        if let Some(path) = text.strip_prefix("file://").filter(|path| path.starts_with('/')) {
            return Ok(Self::Folder(path.into()));
        }
        let (bucket, prefix) = match text.strip_prefix("s3://") {
            Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
            None => ("", ""),
        };
        if bucket.is_empty() {
            return Err(format!("`{text}`: `record.store` is `s3://bucket/prefix`, `file:///folder`, or empty"));
        }
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }
}

/// A setting that is never shown, wherever the settings are printed.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_empty() { "(empty)" } else { "(hidden)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let parse = |text: &str| Address::try_from(text.to_owned());
        let s3 = |bucket: &str, prefix: &str| Ok(Address::S3 { bucket: bucket.into(), prefix: prefix.into() });
        assert_eq!(parse(""), Ok(Address::Nowhere));
        assert_eq!(parse("s3://shows"), s3("shows", ""));
        assert_eq!(parse("s3://shows/kaibo/one/"), s3("shows", "kaibo/one"));
        assert_eq!(parse("file:///srv/shows"), Ok(Address::Folder("/srv/shows".into())));
        for wrong in ["s3://", "s3:///x", "file://here", "/srv/shows", "gs://shows"] {
            assert!(parse(wrong).is_err_and(|error| error.contains("record.store")), "{wrong}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(format!("{:?}", Hidden("s3cret".into())), "(hidden)");
    }
}
