//! The statement of reasons 处罚说明 as its viewer reads it, in both languages. Pure: the same sanction always says the same.

use super::Sanction;
use crate::clauses;
use events::SanctionKind;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub zh: String,
    pub en: String,
}

pub fn of(sanction: &Sanction) -> Statement {
    let clause = clauses::find(&sanction.clause);
    let (rule_zh, rule_en, source) = clause.map_or(("", "", ""), |clause| (clause.zh, clause.en, clause.source));
    let length = sanction.until.map(|until| until.since(sanction.at));
    let Phrase { zh, en } = deed(sanction.kind, length);
    let (what_zh, what_en) = match (sanction.kind, sanction.position) {
        (SanctionKind::CutTraffic, _) => ("本直播间", "This room"),
        (SanctionKind::CutStream, _) => ("本场直播", "This show"),
        (_, Some(_)) => ("您发送的弹幕", "What you wrote"),
        (_, None) => ("您的行为", "What you did"),
    };
    let lasting = matches!(sanction.kind, SanctionKind::Mute | SanctionKind::Ban);
    let (where_zh, where_en) = match (lasting, sanction.everywhere) {
        (false, _) => ("", ""),
        (true, true) => ("，适用于全部直播间", ", in every room"),
        (true, false) => ("，适用于本直播间", ", in this room"),
    };
    Statement {
        zh: format!("{what_zh}违反了「{rule_zh}」（{source}）。处理：{zh}{where_zh}。"),
        en: format!("{what_en} is against the rule \"{rule_en}\" ({source}). What follows: {en}{where_en}."),
    }
}

/// How to object, with the hours that people have for it.
pub fn how_to_appeal(hours: i64) -> Statement {
    Statement {
        zh: format!("如有异议，可就本次处罚申诉一次。{hours} 小时内由另一位审核员裁决；逾期未裁决的，处罚先行暂停。"),
        en: format!(
            "You may object to it once. Somebody else decides within {hours} hours; until somebody did, it is suspended after that time."
        ),
    }
}

struct Phrase {
    zh: String,
    en: String,
}

fn deed(kind: SanctionKind, length_ms: Option<i64>) -> Phrase {
    let phrase = |zh: &str, en: &str| Phrase { zh: zh.to_owned(), en: en.to_owned() };
    let for_long = |length| {
        let (zh, en) = span(length);
        (format!(" {zh}"), format!(" for {en}"))
    };
    match (kind, length_ms.map(for_long)) {
        (SanctionKind::Warn, _) => phrase("警告", "a warning"),
        (SanctionKind::Kick, _) => phrase("移出直播间", "you are sent out of the room"),
        (SanctionKind::CutStream, _) => phrase("断播", "the show is ended"),
        (SanctionKind::CutTraffic, Some((zh, en))) => {
            Phrase { zh: format!("限流{zh}"), en: format!("fewer viewers are led to it{en}") }
        }
        (SanctionKind::CutTraffic, None) => phrase("限流", "fewer viewers are led to it"),
        (SanctionKind::Mute, Some((zh, en))) => {
            Phrase { zh: format!("禁言{zh}"), en: format!("you may not write{en}") }
        }
        (SanctionKind::Mute, None) => phrase("永久禁言", "you may not write any more"),
        (SanctionKind::Ban, Some((zh, en))) => {
            Phrase { zh: format!("封禁{zh}"), en: format!("you may not come in{en}") }
        }
        (SanctionKind::Ban, None) => phrase("永久封禁", "you may not come in any more"),
    }
}

/// A length as people say it, in the largest unit that fits it whole.
fn span(length_ms: i64) -> (String, String) {
    let units = [(DAY_MS, "天", "day"), (HOUR_MS, "小时", "hour"), (MINUTE_MS, "分钟", "minute")];
    let whole = units.into_iter().find(|(unit, _, _)| length_ms >= *unit && length_ms % unit == 0);
    let (unit, zh, en) = whole.unwrap_or((MINUTE_MS, "分钟", "minute"));
    let count = (length_ms / unit).max(1);
    let many = if count == 1 { "" } else { "s" };
    (format!("{count} {zh}"), format!("{count} {en}{many}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sanctions::tests::sanction;

    #[test]
    fn it_says_the_clause_and_what_follows() {
        let mute = Sanction { position: Some(7), ..sanction(SanctionKind::Mute, Some(10 * MINUTE_MS)) };
        let Statement { zh, en } = of(&mute);
        assert_eq!(
            zh,
            "您发送的弹幕违反了「引流到站外」（《网络直播营销管理办法(试行)》第十八条）。处理：禁言 10 分钟，适用于本直播间。"
        );
        assert_eq!(
            en,
            "What you wrote is against the rule \"luring viewers elsewhere\" (《网络直播营销管理办法(试行)》第十八条). What follows: you may not write for 10 minutes, in this room."
        );
        let ban = Sanction { everywhere: true, ..sanction(SanctionKind::Ban, None) };
        assert!(of(&ban).zh.ends_with("处理：永久封禁，适用于全部直播间。"), "{:?}", of(&ban));
        let warned = of(&sanction(SanctionKind::Warn, None));
        assert!(warned.en.ends_with("What follows: a warning."), "{warned:?}");
    }

    #[test]
    fn lengths_are_said_in_the_unit_that_fits() {
        assert_eq!(span(DAY_MS).1, "1 day");
        assert_eq!(span(7 * DAY_MS).0, "7 天");
        assert_eq!(span(90 * MINUTE_MS).1, "90 minutes");
        assert_eq!(span(1).1, "1 minute");
    }
}
