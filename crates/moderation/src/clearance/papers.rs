//! Whether goods have their papers, and for how long these are good. Pure.

use super::{
    Content, Document, Item, SHOW_MS,
    findings::{DossierFinding, FindingCode, FindingField, Gravity},
    goods::{self, Goods, Paper},
};
use crate::ledger::day_of;

/// Who is told before a paper ends.
pub const SOON_MS: i64 = 30 * 86_400_000;

/// What is missing or not good on the day of the show, by items.
pub fn check(content: &Content, documents: &[Document]) -> Vec<DossierFinding> {
    let day = |later: i64| day_of(content.planned_at_ms.plus_ms(later));
    let days = Days { begin: day(0), end: day(SHOW_MS), soon: day(SOON_MS) };
    let mut found = Vec::new();
    for (at, item) in content.items.iter().enumerate() {
        let finding = |level, code| DossierFinding::new(level, code, FindingField::Item, Some(at));
        let Some(goods) = goods::find(&item.category) else {
            found.push(DossierFinding {
                word: item.category.clone(),
                ..finding(Gravity::Error, FindingCode::UnknownGoods)
            });
            continue;
        };
        if let Some(source) = goods.banned {
            found.push(DossierFinding { source: source.into(), ..finding(Gravity::Error, FindingCode::Banned) });
            continue;
        }
        let own: Vec<&Document> = documents.iter().filter(|document| item.documents.contains(&document.id)).collect();
        for paper in &goods.papers {
            found.extend(look(paper, &own, &days, at));
        }
        found.extend(unsaid(goods, item, content, at));
    }
    found
}

struct Days {
    begin: String,
    end: String,
    soon: String,
}

/// What is to be said of one kind of paper: of the one that is good for longest.
fn look(paper: &Paper, documents: &[&Document], days: &Days, at: usize) -> Option<DossierFinding> {
    let about = |level, code| DossierFinding {
        paper: paper.code.into(),
        source: paper.source.into(),
        ..DossierFinding::new(level, code, FindingField::Item, Some(at))
    };
    let judged = documents.iter().filter(|document| document.kind == paper.code).map(|document| {
        let ends = |day: &String| document.valid_to.as_ref().is_some_and(|end| end < day);
        let judged = match () {
            () if ends(&days.begin) => Some((Gravity::Error, FindingCode::PaperExpired)),
            () if document.valid_from.as_ref().is_some_and(|begin| begin > &days.begin) => {
                Some((Gravity::Error, FindingCode::PaperNotYet))
            }
            () if ends(&days.end) => Some((Gravity::Error, FindingCode::PaperEnds)),
            () if ends(&days.soon) => Some((Gravity::Note, FindingCode::PaperEndsSoon)),
            () => None,
        };
        (judged, document.id)
    });
    let best = judged.min_by_key(|(judged, _)| judged.map_or(0, |(level, _)| 1 + level as u8));
    match best {
        Some((judged, document)) => {
            judged.map(|(level, code)| DossierFinding { document: Some(document), ..about(level, code) })
        }
        None if paper.always => Some(about(Gravity::Error, FindingCode::PaperMissing)),
        None => Some(about(Gravity::Warning, FindingCode::PaperMaybe)),
    }
}

/// What has to be said of such goods, and is said nowhere.
fn unsaid(goods: &Goods, item: &Item, content: &Content, at: usize) -> Vec<DossierFinding> {
    let texts = content.sections.iter().map(|section| &section.text).chain([&item.claims]);
    let said: String = texts.flat_map(|text| text.chars()).filter(|letter| !letter.is_whitespace()).collect();
    let unsaid = goods.say.iter().filter(|(words, _)| !words.iter().any(|word| said.contains(word)));
    let finding = unsaid.map(|(words, source)| DossierFinding {
        word: words.first().copied().unwrap_or_default().into(),
        source: (*source).into(),
        ..DossierFinding::new(Gravity::Error, FindingCode::Unsaid, FindingField::Item, Some(at))
    });
    finding.collect()
}

/// Whether that is a day, as `2026-11-28`.
pub fn is_day(text: &str) -> bool {
    let mut parts = text.split('-').map(|part| (part.len(), part.parse::<u32>().ok()));
    let (Some((4, Some(year))), Some((2, Some(month))), Some((2, Some(day))), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=last).contains(&day) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearance::files::Format;
    use events::{Millis, OrgId, TeamId};
    use uuid::Uuid;

    /// 20:00 in Beijing, so that a show goes on past midnight.
    const EVENING: Millis = Millis(1_795_867_200_000);

    fn document(kind: &str, from: Option<&str>, to: Option<&str>) -> Document {
        Document {
            id: Uuid::now_v7(),
            org: OrgId::new(),
            team: TeamId::new(),
            kind: kind.into(),
            number: "1".into(),
            holder: "开播".into(),
            authority: String::new(),
            valid_from: from.map(str::to_owned),
            valid_to: to.map(str::to_owned),
            format: Format::Pdf,
            bytes: 1,
            sha256: String::new(),
            retired: false,
            added_by: "lin".into(),
            added_at: EVENING,
        }
    }

    fn found(category: &str, documents: &[Document], claims: &str) -> Vec<(Gravity, FindingCode, String)> {
        let item = Item {
            name: "好物".into(),
            category: category.into(),
            claims: claims.into(),
            documents: documents.iter().map(|document| document.id).collect(),
        };
        let content =
            Content { title: "晚场".into(), planned_at_ms: EVENING, sections: Vec::new(), items: vec![item] };
        check(&content, documents).into_iter().map(|one| (one.level, one.code, one.paper + &one.word)).collect()
    }

    #[test]
    fn a_paper_is_good_from_its_first_day_to_the_end_of_the_show() {
        type Case = (Option<&'static str>, Option<&'static str>, Option<(Gravity, FindingCode)>);
        let cases: &[Case] = &[
            (None, None, None),
            (Some("2026-11-28"), Some("2027-11-28"), None),
            (None, Some("2026-11-27"), Some((Gravity::Error, FindingCode::PaperExpired))),
            (None, Some("2026-11-28"), Some((Gravity::Error, FindingCode::PaperEnds))),
            (None, Some("2026-11-29"), Some((Gravity::Note, FindingCode::PaperEndsSoon))),
            (Some("2026-11-29"), None, Some((Gravity::Error, FindingCode::PaperNotYet))),
        ];
        for (from, to, wanted) in cases {
            let found = found("general", &[document("business_licence", *from, *to)], "");
            let found: Vec<(Gravity, FindingCode)> = found.into_iter().map(|one| (one.0, one.1)).collect();
            assert_eq!(found, wanted.iter().copied().collect::<Vec<_>>(), "{from:?} {to:?}");
        }
    }

    #[test]
    fn the_paper_that_is_good_counts() {
        let papers = [document("business_licence", None, Some("2020-01-01")), document("business_licence", None, None)];
        assert_eq!(found("general", &papers, ""), []);
    }

    #[test]
    fn what_a_category_needs_is_asked_for() {
        let codes = |category| found(category, &[], "").into_iter().map(|one| (one.0, one.2)).collect::<Vec<_>>();
        let error = |of: &str| (Gravity::Error, of.to_owned());
        assert_eq!(
            codes("health_food"),
            ["business_licence", "food_licence", "health_food_registration", "ad_approval", "本品不能代替药物"]
                .map(error)
        );
        assert_eq!(codes("produce").iter().filter(|one| one.0 == Gravity::Warning).count(), 2);
        assert_eq!(found("tobacco", &[], "")[0].1, FindingCode::Banned);
        assert_eq!(found("moon_rock", &[], "")[0].1, FindingCode::UnknownGoods);
        let said = found("health_food", &[], "注意：本品不能 代替药物。");
        assert!(said.iter().all(|one| one.1 != FindingCode::Unsaid));
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for good in ["2026-11-28", "2024-02-29", "2000-02-29"] {
            assert!(is_day(good), "{good}");
        }
        for bad in
            ["", "2026-2-01", "2026-02-29", "1900-02-29", "2026-13-01", "2026-04-31", "+026-01-01", "2026-01-01T"]
        {
            assert!(!is_day(bad), "{bad}");
        }
    }
}
