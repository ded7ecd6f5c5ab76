//! Which danmaku are taken, how fast, and which of them are shown. Pure.

use super::wire::NewDanmaku;
use crate::gateway::RoomSettings;
use events::{DanmakuSent, Millis};
use rand::{Rng, RngExt};
use uuid::Uuid;

const NICK_CHARS: usize = 24;

/// Why a danmaku was not taken. The codes are part of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is nothing in it")]
    Empty,
    #[error("at most {0} characters")]
    TooLong(usize),
    #[error("at most {per_s} danmaku a second")]
    TooFast { per_s: u32, retry_ms: u64 },
    #[error("a client id is 1 to 64 visible ASCII characters")]
    BadId,
    #[error("`{0}` is out of range")]
    BadStyle(&'static str),
    #[error("it could not be stored now")]
    Busy,
    #[error("the room is gone")]
    NoRoom,
    /// What it breaks, as a category of the published rules.
    #[error("it is against the rules of this room: {0}")]
    Blocked(String),
    #[error("nobody may write here now")]
    ChatOff,
    #[error("you may not write here now: {}", .0.clause)]
    Muted(Bar),
    #[error("you may not come in: {}", .0.clause)]
    Banned(Bar),
}

/// A sanction that keeps somebody from something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub sanction: Uuid,
    pub clause: String,
    /// None: for ever.
    pub until: Option<Millis>,
}

impl Refusal {
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Empty => "empty",
            Refusal::TooLong(_) => "too_long",
            Refusal::TooFast { .. } => "too_fast",
            Refusal::BadId => "bad_id",
            Refusal::BadStyle(_) => "bad_style",
            Refusal::Busy => "busy",
            Refusal::NoRoom => "no_room",
            Refusal::Blocked(_) => "blocked",
            Refusal::ChatOff => "chat_off",
            Refusal::Muted(_) => "muted",
            Refusal::Banned(_) => "banned",
        }
    }

    pub fn retry_ms(&self) -> Option<u64> {
        match self {
            Refusal::TooFast { retry_ms, .. } => Some(*retry_ms),
            Refusal::Busy => Some(1_000),
            _ => None,
        }
    }

    /// Which rule it is about.
    pub fn clause(&self) -> Option<&str> {
        match self {
            Refusal::Blocked(clause) => Some(clause),
            Refusal::Muted(bar) | Refusal::Banned(bar) => Some(&bar.clause),
            _ => None,
        }
    }

    pub fn bar(&self) -> Option<&Bar> {
        match self {
            Refusal::Muted(bar) | Refusal::Banned(bar) => Some(bar),
            _ => None,
        }
    }
}

/// Turns what a client sent into the event's content.
pub fn parse(new: NewDanmaku, settings: &RoomSettings) -> Result<DanmakuSent, Refusal> {
    if !(1..=64).contains(&new.id.len()) || !new.id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::BadId);
    }
    let text = one_line(&new.text);
    if text.is_empty() {
        return Err(Refusal::Empty);
    }
    if text.chars().count() > settings.danmaku_chars {
        return Err(Refusal::TooLong(settings.danmaku_chars));
    }
    let nick = new.nick.map(|nick| one_line(&nick)).filter(|nick| !nick.is_empty());
    if nick.as_ref().is_some_and(|nick| nick.chars().count() > NICK_CHARS) {
        return Err(Refusal::BadStyle("nick"));
    }
    let plain = DanmakuSent::plain(text);
    let (mode, color, size) =
        (new.mode.unwrap_or(plain.mode), new.color.unwrap_or(plain.color), new.size.unwrap_or(plain.size));
    if !matches!(mode, 1 | 4 | 5) {
        return Err(Refusal::BadStyle("mode"));
    }
    if color > 0xff_ffff {
        return Err(Refusal::BadStyle("color"));
    }
    if !(12..=64).contains(&size) {
        return Err(Refusal::BadStyle("size"));
    }
    Ok(DanmakuSent { nick, mode, color, size, ..plain })
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

/// A token bucket: `per_s` a second, as many in a burst.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    tokens: f64,
    at: Millis,
}

impl Bucket {
    pub fn full(burst: u32, now: Millis) -> Self {
        Self { tokens: f64::from(burst), at: now }
    }

    fn refill(&mut self, per_s: u32, burst: u32, now: Millis) {
        let passed = now.since(self.at).max(0) as f64;
        self.tokens = (self.tokens + passed * f64::from(per_s) / 1000.0).min(f64::from(burst));
        self.at = now;
    }

    /// Takes one, or says in how many ms there will be one.
    pub fn take(&mut self, per_s: u32, burst: u32, now: Millis) -> Result<(), u64> {
        self.refill(per_s, burst, now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(((1.0 - self.tokens) * 1000.0 / f64::from(per_s.max(1))).ceil() as u64)
    }

    /// Takes up to `wanted` and says how many there were.
    pub fn take_up_to(&mut self, wanted: u32, per_s: u32, burst: u32, now: Millis) -> u32 {
        self.refill(per_s, burst, now);
        let taken = wanted.min(self.tokens as u32);
        self.tokens -= f64::from(taken);
        taken
    }

    /// Nothing is remembered that a new bucket would not know.
    pub fn is_rested(&self, now: Millis) -> bool {
        now.since(self.at) > 2_000
    }
}

/// A uniform sample of what was offered since the last `draw` (reservoir), in the order offered.
#[derive(Debug)]
pub struct Sample<T> {
    kept: Vec<(u64, T)>,
    offered: u64,
    limit: usize,
}

impl<T> Sample<T> {
    /// Holds at most `limit` items; 0 = everything.
    pub fn new(limit: usize) -> Self {
        Self { kept: Vec::new(), offered: 0, limit }
    }

    pub fn offer(&mut self, item: T, chance: &mut impl Rng) {
        let number = self.offered;
        self.offered += 1;
        if self.limit == 0 || self.kept.len() < self.limit {
            self.kept.push((number, item));
            return;
        }
        let place = chance.random_range(0..self.offered) as usize;
        if let Some(slot) = self.kept.get_mut(place) {
            *slot = (number, item);
        }
    }

    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.kept.retain(|(_, item)| keep(item));
    }

    pub fn is_empty(&self) -> bool {
        self.offered == 0
    }

    pub fn held(&self) -> usize {
        self.kept.len()
    }

    /// At most `room` of what was offered, and how many that were.
    pub fn draw(&mut self, room: usize, chance: &mut impl Rng) -> (Vec<T>, u64) {
        let mut kept = std::mem::take(&mut self.kept);
        while kept.len() > room {
            let place = chance.random_range(0..kept.len());
            kept.swap_remove(place);
        }
        kept.sort_unstable_by_key(|(number, _)| *number);
        (kept.into_iter().map(|(_, item)| item).collect(), std::mem::take(&mut self.offered))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(id: &str, text: &str) -> NewDanmaku {
        NewDanmaku { id: id.into(), text: text.into(), nick: None, mode: None, color: None, size: None }
    }

    fn check(new: NewDanmaku, expected: Result<&str, &str>) {
        let result = parse(new, &RoomSettings::default());
        assert_eq!(result.as_ref().map(|sent| sent.text.as_str()).map_err(Refusal::code), expected);
    }

    #[test]
    fn a_danmaku_is_one_line_of_some_characters() {
        check(new("1", " 你好\n世界 "), Ok("你好 世界"));
        check(new("1", " \t\u{3000}"), Err("empty"));
        check(new("1", &"弹".repeat(200)), Ok(&"弹".repeat(200)));
        check(new("1", &"弹".repeat(201)), Err("too_long"));
        check(new("", "x"), Err("bad_id"));
        check(new("a b", "x"), Err("bad_id"));
        check(NewDanmaku { mode: Some(7), ..new("1", "x") }, Err("bad_style"));
        check(NewDanmaku { color: Some(0x100_0000), ..new("1", "x") }, Err("bad_style"));
        check(NewDanmaku { nick: Some("n".repeat(25)), ..new("1", "x") }, Err("bad_style"));
    }

    #[test]
    fn three_a_second_and_no_more() {
        let mut bucket = Bucket::full(3, Millis(0));
        assert_eq!((0..5).map(|_| bucket.take(3, 3, Millis(0)).is_ok()).filter(|taken| *taken).count(), 3);
        assert_eq!(bucket.take(3, 3, Millis(100)), Err(234));
        assert_eq!(bucket.take(3, 3, Millis(334)), Ok(()));
        assert_eq!(Bucket::full(20, Millis(0)).take_up_to(50, 20, 20, Millis(0)), 20);
    }

    #[test]
    fn a_sample_keeps_the_order_and_counts_what_it_left_out() {
        let mut sample = Sample::new(50);
        let mut chance = rand::rng();
        (0..1000).for_each(|number| sample.offer(number, &mut chance));
        let (shown, offered) = sample.draw(10, &mut chance);
        assert_eq!((shown.len(), offered), (10, 1000));
        assert!(shown.is_sorted());
        assert!(sample.is_empty());
    }
}
