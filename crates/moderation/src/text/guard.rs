//! What keeps a filter from hitting what nobody wrote: a word that begins in one word and ends in another.

use super::fold::{Gap, Unit, is_han};
use jieba_rs::Jieba;
use std::sync::LazyLock;

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Nothing that could belong to a word stands left of it.
pub fn free_left(units: &[Unit], from: usize) -> bool {
    from == 0 || units[from].gap.seen() || !same_writing(&units[from - 1], &units[from])
}

pub fn free_right(units: &[Unit], behind: usize) -> bool {
    behind == units.len() || units[behind].gap.seen() || !same_writing(&units[behind - 1], &units[behind])
}

fn same_writing(one: &Unit, other: &Unit) -> bool {
    let chinese = |unit: &Unit| unit.han() || is_han(unit.shown);
    chinese(one) && chinese(other) || one.latin() && other.latin() || one.figure() && other.figure()
}

/// The words of a text as a dictionary has them, looked up when somebody asks.
pub struct Words<'a> {
    units: &'a [Unit],
    /// Per unit: first and behind of the word it belongs to.
    spans: Option<Vec<(u32, u32)>>,
}

impl<'a> Words<'a> {
    pub fn new(units: &'a [Unit]) -> Self {
        Self { units, spans: None }
    }

    fn spans(&mut self) -> &[(u32, u32)] {
        self.spans.get_or_insert_with(|| {
            let mut shown = String::with_capacity(self.units.len() * 4);
            // Which unit each character came from; none for what was between.
            let mut from = Vec::with_capacity(self.units.len());
            for (at, unit) in self.units.iter().enumerate() {
                if unit.gap.seen() {
                    shown.push(' ');
                    from.push(None);
                }
                for _ in 0..unit.run.min(4) {
                    shown.push(unit.shown);
                    from.push(Some(at as u32));
                }
            }
            let mut spans: Vec<(u32, u32)> = (0..self.units.len() as u32).map(|at| (at, at + 1)).collect();
            let mut at = 0;
            for token in JIEBA.cut(&shown, false) {
                let long = token.word.chars().count();
                let of = &from[at..at + long];
                at += long;
                if long < 2 || !token.word.chars().all(is_han) {
                    continue;
                }
                if let (Some(Some(first)), Some(Some(last))) = (of.first(), of.last()) {
                    for unit in *first..=*last {
                        spans[unit as usize] = (*first, last + 1);
                    }
                }
            }
            spans
        })
    }

    /// Whether a word of the dictionary begins or ends within it and reaches over its end. A word that holds all of it does not: 大骗子.
    pub fn cuts(&mut self, from: usize, behind: usize) -> bool {
        let spans = self.spans();
        let (from, behind) = (from as u32, behind as u32);
        let left = spans[from as usize];
        let right = spans[behind as usize - 1];
        left.0 < from && left.1 < behind || right.1 > behind && right.0 > from
    }

    /// Whether these units belong to words of several characters: then somebody wrote those words.
    pub fn ordinary(&mut self, at: usize) -> bool {
        let span = self.spans()[at];
        span.1 - span.0 > 1 || self.units[at].run == 2
    }

    /// Whether these units are just one word.
    pub fn is_one(&mut self, from: usize, behind: usize) -> bool {
        self.spans()[from] == (from as u32, behind as u32)
    }

    /// A word that the dictionary has is doubled in it: 妈妈, 慢慢.
    pub fn doubled(&mut self, from: usize, behind: usize, pattern: &[Unit]) -> bool {
        let units = self.units;
        units[from..behind].iter().zip(pattern).any(|(unit, wanted)| {
            unit.run == 2 && wanted.run == 1 && unit.han() && {
                let twice: String = [unit.shown; 2].iter().collect();
                !unit.gap.has(Gap::SENTENCE) && JIEBA.has_word(&twice)
            }
        })
    }
}
