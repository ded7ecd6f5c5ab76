//! Why not.

use app::Refuse;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the number is not one of such a document")]
    BadNumber,
    #[error("a legal name is 2 to 50 characters on one line")]
    BadLegalName,
    #[error("a name is 1 to 50 characters on one line")]
    BadName,
    #[error("say a day of birth that has been")]
    BornNeeded,
    #[error("who is younger than 16 may not be a host")]
    TooYoung,
    #[error("who is younger than 18 needs the consent of a guardian")]
    GuardianNeeded,
    #[error("this identity cannot be a host here")]
    IdentityRefused,
    #[error("another host has this identity")]
    IdentityTaken,
    #[error("there is nothing to decide about this host")]
    NotSubmitted,
    #[error("another person must decide than who asked")]
    SamePerson,
    #[error("this belongs to the whole organisation, which is beyond your reach")]
    BeyondYourReach,
    #[error("there is an entry for this identity already")]
    AlreadyListed,
    #[error("there is no such clause")]
    UnknownClause,
    #[error("an end lies in the future, within 50 years")]
    BadEnd,
    #[error("this host has no identity")]
    NoIdentity,
    #[error("there is nothing to decide about this entry")]
    NothingAsked,
    #[error("the file is CSV or lines of JSON, at most {MAX_LINES} of them")]
    BadImport,
    #[error("an address is `https://host/path` without a password, at most 2000 characters")]
    BadUrl,
    #[error("the address is private, local or otherwise special")]
    PrivateAddress,
    #[error("a secret is 1 to 500 characters that can stand in a header")]
    BadSecret,
    #[error("another address, or another way to sign, needs its secret")]
    SecretNeeded,
    #[error("nobody within your reach signs in by this name")]
    UnknownAccount,
    #[error("this account is another host")]
    AccountTaken,
    #[error("a day is written `2026-11-28`, not in the future and at most 180 days ago")]
    BadDay,
}

/// Lines of one import.
pub const MAX_LINES: usize = 5_000;

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadNumber => "bad_number",
            Self::BadLegalName => "bad_legal_name",
            Self::BadName => "bad_name",
            Self::BornNeeded => "born_needed",
            Self::TooYoung => "too_young",
            Self::GuardianNeeded => "guardian_needed",
            Self::IdentityRefused => "identity_refused",
            Self::IdentityTaken => "identity_taken",
            Self::NotSubmitted => "not_submitted",
            Self::SamePerson => "same_person",
            Self::BeyondYourReach => "beyond_your_reach",
            Self::AlreadyListed => "already_listed",
            Self::UnknownClause => "unknown_clause",
            Self::BadEnd => "bad_end",
            Self::NoIdentity => "no_identity",
            Self::NothingAsked => "nothing_asked",
            Self::BadImport => "bad_import",
            Self::BadDay => "bad_day",
            Self::BadUrl => "bad_url",
            Self::PrivateAddress => "private_address",
            Self::BadSecret => "bad_secret",
            Self::SecretNeeded => "secret_needed",
            Self::UnknownAccount => "unknown_account",
            Self::AccountTaken => "account_taken",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::BeyondYourReach => 403,
            Self::IdentityTaken
            | Self::NotSubmitted
            | Self::AlreadyListed
            | Self::NothingAsked
            | Self::SamePerson
            | Self::AccountTaken => 409,
            _ => 422,
        }
    }
}
