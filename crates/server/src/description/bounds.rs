//! How large unsigned integers may be, and what strings of a format of ours.

use super::words;
use utoipa::{
    Number,
    openapi::{
        KnownFormat, RefOr, Schema, SchemaFormat,
        schema::{AdditionalProperties, ArrayItems, Object},
    },
};

/// Every unsigned integer within the schema says how large it may be, every word of ours which it may be.
pub fn unsigned(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => within(object),
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                unsigned(items);
            }
        }
        Schema::OneOf(any) => any.items.iter_mut().for_each(unsigned),
        Schema::AllOf(all) => all.items.iter_mut().for_each(unsigned),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(unsigned),
        _ => {}
    }
}

fn within(object: &mut Object) {
    words::say(object);
    object.properties.values_mut().for_each(unsigned);
    if let Some(AdditionalProperties::RefOr(of)) = object.additional_properties.as_deref_mut() {
        unsigned(of);
    }
    let most = match (&object.format, &object.minimum) {
        (Some(SchemaFormat::KnownFormat(KnownFormat::UInt8)), _) => u64::from(u8::MAX),
        (Some(SchemaFormat::KnownFormat(KnownFormat::UInt16)), _) => u64::from(u16::MAX),
        (Some(SchemaFormat::KnownFormat(KnownFormat::UInt32)), _) => u64::from(u32::MAX),
        (Some(SchemaFormat::KnownFormat(KnownFormat::UInt64)), _) => u64::MAX,
        // A count without a format is as large as memory may be.
        (None, Some(Number::UInt(0) | Number::Int(0))) => u64::MAX,
        _ => return,
    };
    object.maximum.get_or_insert(Number::UInt(usize::try_from(most).unwrap_or(usize::MAX)));
}
