//! What comes from outside as bytes: lists, texts, models. For fuzzing; nothing here may panic.

use crate::{
    lexicons::to_text,
    models::read_texts,
    text::{Example, Filter, Model, Pieces, Scope, Scratch, read, read_as},
};

/// A list and a text: every hit lies within the text.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (list, text) =
        text.split_once('\u{0}').unwrap_or(("赌博\n加微信\nfuck\n13800138000\n第一\tclaim\tblock\n", &text));
    let (entries, _) = read(list);
    let Ok(filter) = Filter::new(&entries) else { return };
    for scope in [Scope::Danmaku, Scope::Script] {
        let checked = filter.check(text, scope, &mut Scratch::default());
        let all = text.chars().count() as u32;
        assert_eq!(checked.text_masked.chars().count() as u32, all);
        assert!(checked.hits.iter().all(|hit| hit.start < hit.end && hit.end <= all));
    }
}

/// A file of words: no line is lost without a word about it, and what is exported is what was read.
pub fn list(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (entries, bad) = read_as(&text, "own", crate::text::ListLevel::Hold);
    assert!(entries.len() + bad.len() <= text.lines().count());
    let (again, bad) = read(&to_text(&entries));
    assert_eq!((again.len(), bad.len()), (entries.len(), 0), "an export that does not come back: {entries:?}");
    for (one, other) in entries.iter().zip(&again) {
        assert_eq!((&one.word, &one.category, one.level), (&other.word, &other.category, other.level));
        assert_eq!((one.exact, one.initials, one.scope), (other.exact, other.initials, other.scope));
    }
}

/// Judged texts, and changes to a model that is one: a model that loads answers with a probability, for every text.
pub fn model(bytes: &[u8], whole: &[u8]) {
    let lines = String::from_utf8_lossy(bytes);
    if let Err(line) = read_texts(&lines) {
        assert!((1..=lines.lines().count()).contains(&line));
    }
    let _ = Model::from_bytes(bytes);
    let mut changed = whole.to_vec();
    for four in bytes.chunks_exact(4) {
        let at = usize::from(u16::from_le_bytes([four[0], four[1]])) * 8 + usize::from(four[2] & 7);
        if let Some(byte) = changed.get_mut(at) {
            *byte = four[3];
        }
    }
    let Ok(model) = Model::from_bytes(&changed) else { return };
    assert!(model.to_bytes() == changed, "a model is what its file says");
    let mut pieces = Pieces::default();
    for text in ["", "你们都是垃圾", &lines] {
        pieces.cut(text);
        let likely = model.probability_of(&pieces);
        assert!((0.0..=1.0).contains(&likely), "{likely} of {text:?}");
    }
    let example =
        |at: usize| Example { text: format!("{at}{}", lines.chars().next().unwrap_or('a')), bad: at.is_multiple_of(2) };
    let taught: Vec<Example> = (0..24).map(example).collect();
    if let Ok(taught) = model.tune(&taught) {
        assert!((0.0..=1.0).contains(&taught.probability("你们都是垃圾")));
    }
}
