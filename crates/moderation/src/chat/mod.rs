//! How speaking goes in a room 发言模式: shown at once, held for a person, or not at all.

pub mod http;
pub mod store;

use events::ChatMode;

pub fn name(mode: ChatMode) -> &'static str {
    match mode {
        ChatMode::AfterReview => "after_review",
        ChatMode::BeforeReview => "before_review",
        ChatMode::Off => "off",
    }
}

pub fn of(name: &str) -> Option<ChatMode> {
    [ChatMode::AfterReview, ChatMode::BeforeReview, ChatMode::Off].into_iter().find(|mode| self::name(*mode) == name)
}
