//! Where in a show a word was said, and what stands around it. Pure.

use super::Line;
use crate::{WordHit, library::PatrolLevel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Of what was said before so many characters are looked through again: a word may have begun in them.
pub const TAIL: usize = 40;
/// What stands around a word is its evidence: so many characters on each side.
const AROUND: usize = 60;
/// Of one stretch nothing more is kept.
const LONGEST: usize = 2_000;

/// A place in a line that stands in the lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TranscriptMark)]
pub struct Mark {
    /// Characters of the text, from and behind.
    pub start: u32,
    pub end: u32,
    pub level: PatrolLevel,
    /// As the list has it.
    #[schema(example = "加微信")]
    pub word: String,
}

/// A word of the lists that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub hit: WordHit,
    pub from_ms: i64,
    pub to_ms: i64,
    /// With what was said before and after it.
    pub around: String,
}

/// What was just said, behind the end of what was said before.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Passage {
    pub text: String,
    /// Characters that were looked through before.
    before: usize,
    /// The lines, and which characters of the text they are.
    lines: Vec<(Line, usize, usize)>,
}

impl Passage {
    pub fn new(tail: &str, lines: Vec<Line>) -> Self {
        let mut passage = Self { text: tail.to_owned(), before: tail.chars().count(), lines: Vec::new() };
        let mut length = passage.before;
        for line in lines {
            let gap = glue(&passage.text, &line.text);
            passage.text.push_str(gap);
            passage.text.push_str(&line.text);
            let (start, end) = (length + gap.len(), length + gap.len() + line.text.chars().count());
            length = end;
            passage.lines.push((line, start, end));
        }
        passage
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The end of it, to be looked through with what follows.
    pub fn tail(&self) -> String {
        let length = self.text.chars().count();
        self.text.chars().skip(length.saturating_sub(TAIL)).collect()
    }

    /// Words that end in what was just said: the others were noticed before.
    pub fn spoken(&self, hits: &[WordHit]) -> Vec<Spoken> {
        let new = hits.iter().filter(|hit| hit.end as usize > self.before && hit.start < hit.end);
        let spoken = new.map(|hit| {
            let (start, end) = (hit.start as usize, hit.end as usize);
            let length = end + AROUND - start.saturating_sub(AROUND);
            Spoken {
                from_ms: self.time_of(start),
                to_ms: self.time_of(end),
                around: self.text.chars().skip(start.saturating_sub(AROUND)).take(length).collect(),
                hit: hit.clone(),
            }
        });
        spoken.collect()
    }

    /// Each line, and what of it stands in the lists.
    pub fn marked(self, hits: &[WordHit]) -> Vec<(Line, Vec<Mark>)> {
        let of = |start: usize, end: usize| {
            let marks = hits.iter().filter_map(move |hit| {
                let (from, to) = ((hit.start as usize).max(start), (hit.end as usize).min(end));
                let place = |at: usize| u32::try_from(at - start).unwrap_or(u32::MAX);
                (from < to).then(|| Mark {
                    start: place(from),
                    end: place(to),
                    level: hit.level,
                    word: hit.word.clone(),
                })
            });
            marks.collect()
        };
        self.lines.into_iter().map(|(line, start, end)| (line, of(start, end))).collect()
    }

    /// People speak evenly within a line.
    fn time_of(&self, at: usize) -> i64 {
        let line = self.lines.iter().find(|(_, _, end)| at <= *end).or(self.lines.last());
        let Some((line, start, end)) = line else { return 0 };
        let (length, place) = ((end - start).max(1) as i64, at.saturating_sub(*start) as i64);
        line.from_ms + (line.to_ms - line.from_ms) * place.min(length) / length
    }
}

/// What parts two pieces of speech: nothing where no spaces are written.
pub fn glue(one: &str, other: &str) -> &'static str {
    let spaced = |c: Option<char>| c.is_some_and(|c| c.is_ascii_graphic() || c.is_alphabetic() && !is_han(c));
    if spaced(one.chars().next_back()) && spaced(other.chars().next()) { " " } else { "" }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// One line of it, as it may be shown and searched.
pub fn clean(text: &str) -> String {
    let hidden =
        |c: char| c.is_control() || c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
    let words = text.split(hidden).filter(|word| !word.is_empty());
    let text =
        words.fold(String::new(), |text, word| if text.is_empty() { word.to_owned() } else { text + " " + word });
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from_ms: i64, to_ms: i64, text: &str) -> Line {
        Line { from_ms, to_ms, text: text.to_owned() }
    }

    fn hit(text: &str, word: &str) -> WordHit {
        let start = text.find(word).map(|at| text[..at].chars().count()).unwrap_or_default() as u32;
        WordHit {
            word: word.to_owned(),
            category: "diversion".to_owned(),
            level: PatrolLevel::Alarm,
            list: "pack".to_owned(),
            start,
            end: start + word.chars().count() as u32,
        }
    }

    #[test]
    fn a_word_is_found_at_its_time_with_what_stands_around_it() {
        let passage =
            Passage::new("", vec![line(10_000, 14_000, "家人们点关注"), line(14_000, 18_000, "加微信领券吧各位")]);
        assert_eq!(passage.text, "家人们点关注加微信领券吧各位");
        let hits = [hit(&passage.text, "加微信")];
        let spoken = passage.spoken(&hits);
        assert_eq!(spoken.len(), 1);
        assert_eq!((spoken[0].from_ms, spoken[0].to_ms), (14_000, 15_500));
        assert_eq!(spoken[0].around, passage.text);
        let marked = passage.marked(&hits);
        assert_eq!(marked[0].1, []);
        assert_eq!(marked[1].1.iter().map(|mark| (mark.start, mark.end)).collect::<Vec<_>>(), [(0, 3)]);
    }

    #[test]
    fn a_word_across_two_stretches_is_found_once() {
        let first = Passage::new("", vec![line(0, 6_000, "go forward ten")]);
        assert_eq!(first.spoken(&[]), []);
        let second = Passage::new(&first.tail(), vec![line(6_000, 12_000, "meters and stop")]);
        assert_eq!(second.text, "go forward ten meters and stop");
        let hits = [hit(&second.text, "ten meters"), hit(&second.text, "forward")];
        let spoken = second.spoken(&hits);
        assert_eq!(spoken.len(), 1, "what ended before was noticed before");
        assert_eq!((spoken[0].from_ms, spoken[0].to_ms), (6_000, 8_400));
        let marked = second.marked(&hits);
        assert_eq!(marked[0].1.iter().map(|mark| (mark.start, mark.end)).collect::<Vec<_>>(), [(0, 6)]);
    }

    #[test]
    fn what_is_kept_around_a_word_is_short() {
        let text = format!("{}加微信{}", "啊".repeat(500), "呀".repeat(500));
        let passage = Passage::new("", vec![line(0, 6_000, &text)]);
        let spoken = passage.spoken(&[hit(&text, "加微信")]);
        assert_eq!(spoken[0].around.chars().count(), 60 + 3 + 60);
        assert_eq!(passage.tail().chars().count(), TAIL);
    }

    #[test]
    fn spaces_stand_where_they_are_written() {
        assert_eq!(
            [glue("ten", "meters"), glue("加", "微信"), glue("加", "v"), glue("", "v"), glue("ok.", "так")],
            [" ", "", "", "", " "]
        );
        assert_eq!(clean(" go \u{202e}forward\n\tten\u{0}meters "), "go forward ten meters");
        assert_eq!(clean(&"长".repeat(9_000)).chars().count(), LONGEST);
    }
}
