//! What changed from one text to the next.

use super::Published;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiffChange {
    Kept,
    Added,
    Removed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffLine {
    pub change: DiffChange,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArticleChange {
    Added,
    Changed,
    Removed,
}

/// One article that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    pub code: String,
    pub title_zh: String,
    pub title_en: String,
    pub change: ArticleChange,
    pub lines_zh: Vec<DiffLine>,
    pub lines_en: Vec<DiffLine>,
}

/// The articles that are not as they were.
pub fn differences(before: &[Published], after: &[Published]) -> Vec<Difference> {
    let gone = before.iter().filter(|old| !after.iter().any(|new| new.code == old.code));
    let gone = gone.map(|old| difference(Some(old), None));
    let changed = after.iter().filter_map(|new| {
        let old = before.iter().find(|old| old.code == new.code);
        (old != Some(new)).then(|| difference(old, Some(new)))
    });
    changed.chain(gone).flatten().collect()
}

fn difference(before: Option<&Published>, after: Option<&Published>) -> Option<Difference> {
    let shown = after.or(before)?;
    let change = match (before, after) {
        (None, _) => ArticleChange::Added,
        (_, None) => ArticleChange::Removed,
        _ => ArticleChange::Changed,
    };
    let text = |of: Option<&Published>, body: fn(&Published) -> String| of.map(body).unwrap_or_default();
    let compare = |body: fn(&Published) -> String| lines(&text(before, body), &text(after, body));
    Some(Difference {
        code: shown.code.clone(),
        title_zh: shown.article.title_zh.clone(),
        title_en: shown.article.title_en.clone(),
        change,
        lines_zh: compare(|of| format!("{}\n{}", of.article.title_zh, of.article.body_zh)),
        lines_en: compare(|of| format!("{}\n{}", of.article.title_en, of.article.body_en)),
    })
}

/// Beyond this many comparisons a text is said to be replaced as a whole.
const MOST_COMPARED: usize = 4_000_000;

/// The shortest way from one text to the other, line by line.
pub fn lines(before: &str, after: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let line = |change, text: &str| DiffLine { change, text: text.to_owned() };
    if old.len().saturating_mul(new.len()) > MOST_COMPARED {
        let removed = old.iter().map(|text| line(DiffChange::Removed, text));
        return removed.chain(new.iter().map(|text| line(DiffChange::Added, text))).collect();
    }
    // common[i][j]: how many lines the rests behind `i` and `j` have in common.
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(line(DiffChange::Kept, old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            lines.push(line(DiffChange::Removed, old[i]));
            i += 1;
        } else {
            lines.push(line(DiffChange::Added, new[j]));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let sign = |change| match change {
            DiffChange::Kept => ' ',
            DiffChange::Added => '+',
            DiffChange::Removed => '-',
        };
        lines(before, after)
            .iter()
            .map(|line| format!("{}{}", sign(line.change), line.text))
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn a_changed_line_is_removed_and_added_and_the_rest_stays() {
        assert_eq!(shown("a\nb\nc", "a\nx\nc"), " a|-b|+x| c");
        assert_eq!(shown("", "a"), "+a");
        assert_eq!(shown("a\nb", ""), "-a|-b");
        assert_eq!(shown("a\nb", "a\nb"), " a| b");
        assert_eq!(shown("b\nc", "a\nb\nc\nd"), "+a| b| c|+d");
    }
}
