//! Whole numbers that a request may say.

use serde::{Deserialize, Deserializer, de::Error};
use std::borrow::Cow;
use utoipa::{
    __dev::ComposeSchema,
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// A number from `LEAST` to `MOST`. Any other is refused where it is read, and the description says the same by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within<const LEAST: u64, const MOST: u64>(u64);

impl<const LEAST: u64, const MOST: u64> Within<LEAST, MOST> {
    pub fn get(self) -> u64 {
        self.0
    }

    /// Of what is counted in memory.
    pub fn count(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl<'de, const LEAST: u64, const MOST: u64> Deserialize<'de> for Within<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(deserializer)?;
        let fits = (LEAST..=MOST).contains(&number);
        fits.then_some(Self(number))
            .ok_or_else(|| D::Error::custom(format!("{number} is not within {LEAST} and {MOST}")))
    }
}

// As the derive does it, which cannot say a bound that is a parameter.
impl<const LEAST: u64, const MOST: u64> ComposeSchema for Within<LEAST, MOST> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let whole = ObjectBuilder::new().schema_type(Type::Integer);
        RefOr::T(Schema::Object(whole.minimum(Some(LEAST)).maximum(Some(MOST)).build()))
    }
}

impl<const LEAST: u64, const MOST: u64> ToSchema for Within<LEAST, MOST> {
    fn name() -> Cow<'static, str> {
        format!("Within{LEAST}To{MOST}").into()
    }
}
