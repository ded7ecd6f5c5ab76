//! Trust and safety: what may be said, who decides, and why.

pub mod text;

/// Any bytes as a list and as a text: nothing may panic, and every hit must lie within the text. For fuzzing.
pub fn fuzz_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (list, text) =
        text.split_once('\u{0}').unwrap_or(("赌博\n加微信\nfuck\n13800138000\n第一\tclaim\tblock\n", &text));
    let (entries, _) = text::read(list);
    let Ok(filter) = text::Filter::new(&entries) else { return };
    for scope in [text::Scope::Danmaku, text::Scope::Script] {
        let checked = filter.check(text, scope, &mut text::Scratch::default());
        let all = text.chars().count() as u32;
        assert_eq!(checked.text_masked.chars().count() as u32, all);
        assert!(checked.hits.iter().all(|hit| hit.start < hit.end && hit.end <= all));
    }
}
