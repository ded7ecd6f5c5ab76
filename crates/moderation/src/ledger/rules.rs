//! What a row is, and what its hash covers. Pure.

use anyhow::{bail, ensure};
use events::{Millis, OrgId, TeamId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What a row tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// A person decided about a danmaku 裁决.
    Verdict,
    /// A list of words was made, changed or removed, or ended 词库变更.
    ListChanged,
    /// A room speaks another way 发言模式变更.
    ModeChanged,
    /// 处罚
    SanctionImposed,
    /// A sanction does not hold any more, or again 处罚变更.
    SanctionChanged,
    /// What a sanction is about was cut out of the show 留证.
    EvidenceKept,
    /// 提出申诉
    AppealFiled,
    /// 申诉裁定
    AppealDecided,
    /// A show was cleared before air, or its dossier returned 开播前审核.
    Clearance,
    /// A professional signed what a show will say 专业签字.
    Signature,
    /// Days at the beginning are gone by their age 到期清除.
    DaysCut,
}

impl LedgerKind {
    pub const ALL: [Self; 11] = [
        Self::Verdict,
        Self::ListChanged,
        Self::ModeChanged,
        Self::SanctionImposed,
        Self::SanctionChanged,
        Self::EvidenceKept,
        Self::AppealFiled,
        Self::AppealDecided,
        Self::Clearance,
        Self::Signature,
        Self::DaysCut,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::ListChanged => "list_changed",
            Self::ModeChanged => "mode_changed",
            Self::SanctionImposed => "sanction_imposed",
            Self::SanctionChanged => "sanction_changed",
            Self::EvidenceKept => "evidence_kept",
            Self::AppealFiled => "appeal_filed",
            Self::AppealDecided => "appeal_decided",
            Self::Clearance => "clearance",
            Self::Signature => "signature",
            Self::DaysCut => "days_cut",
        }
    }
}

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Entry {
    kind: LedgerKind,
    about: String,
    team: Option<TeamId>,
    facts: String,
}

impl Entry {
    /// `about` is what its rows are found by: [`danmaku`], `list:<id>`, `room:<id>`, `sanction:<id>` (also of appeals), `dossier:<id>`. Facts hold no words of
    /// viewers and no ids of theirs, as nothing leaves a chain.
    pub fn new(kind: LedgerKind, about: impl Into<String>, facts: &impl Serialize) -> anyhow::Result<Self> {
        let facts = canonical(&serde_json::to_value(facts)?)?;
        Ok(Self { kind, about: about.into(), team: None, facts })
    }

    /// Who reaches this team sees it; without one, who reaches the whole organisation.
    pub fn of_team(self, team: impl Into<Option<TeamId>>) -> Self {
        Self { team: team.into(), ..self }
    }
}

/// A row as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub org: OrgId,
    /// The place in the organisation's chain, from 1 and without gaps.
    pub seq: i64,
    pub at: Millis,
    pub day: String,
    /// A later version may know more of them than [`LedgerKind`].
    pub kind: String,
    pub about: String,
    pub team: Option<TeamId>,
    /// Canonical JSON.
    pub facts: String,
    pub previous: String,
    pub hash: String,
}

impl Row {
    /// The next row behind `previous`.
    pub fn next(org: OrgId, seq: i64, at: Millis, previous: &str, entry: Entry) -> Self {
        let Entry { kind, about, team, facts } = entry;
        let (kind, previous) = (kind.name().to_owned(), previous.to_owned());
        let mut row = Self { org, seq, at, day: day_of(at), kind, about, team, facts, previous, hash: String::new() };
        row.hash = follow(&row.previous, &row.digest());
        row
    }

    /// What the row itself is, wherever it stands.
    pub fn digest(&self) -> String {
        let (org, seq, at_ms) = (self.org.to_string(), self.seq.to_string(), self.at.0.to_string());
        let team = self.team.map(|team| team.to_string());
        app::chain::link(
            "",
            &[
                Some(org.as_str()),
                Some(&seq),
                Some(&at_ms),
                Some(&self.day),
                Some(&self.kind),
                Some(&self.about),
                team.as_deref(),
                Some(&self.facts),
            ],
        )
    }
}

/// The hash behind `previous` of a row with this digest. In two steps, so that a row can be shown to belong to a day's head without
/// showing the rows between.
pub fn follow(previous: &str, digest: &str) -> String {
    app::chain::link(previous, &[Some(digest)])
}

/// The end of a day: what its rows come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LedgerHead)]
pub struct Head {
    #[schema(value_type = Uuid)]
    pub org: OrgId,
    /// In Beijing.
    #[schema(example = "2026-11-28")]
    pub day: String,
    /// How many were written that day.
    #[schema(example = 3)]
    pub rows: i64,
    /// The first of them, and the last.
    #[schema(example = 40)]
    pub first: i64,
    #[schema(example = 42)]
    pub last: i64,
    /// Of the last one.
    #[schema(example = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f")]
    pub hash: String,
    #[schema(value_type = i64)]
    pub sealed_at_ms: Millis,
}

/// What rows about a danmaku are found by: where its decision stands in the log.
pub fn danmaku(position: u64) -> String {
    format!("danmaku:{position}")
}

const DAY_MS: i64 = 86_400_000;
/// Beijing knows no summer time.
const BEIJING_MS: i64 = 8 * 3_600_000;

/// The day in Beijing, as `2026-11-28`: in the order of time.
pub fn day_of(at: Millis) -> String {
    Timestamp(at.plus_ms(BEIJING_MS)).to_string().chars().take_while(|letter| *letter != 'T').collect()
}

/// When the next day begins there.
pub fn next_day(at: Millis) -> Millis {
    let days = at.plus_ms(BEIJING_MS).0.div_euclid(DAY_MS);
    Millis((days + 1).saturating_mul(DAY_MS) - BEIJING_MS)
}

/// What every reader of JSON takes for the same number.
const MOST: u64 = (1 << 53) - 1;

/// JSON as RFC 8785 has it: keys in their order, no spaces. Fractions are no facts, as every language writes them in another way.
pub fn canonical(value: &Value) -> anyhow::Result<String> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

fn write(value: &Value, text: &mut String) -> anyhow::Result<()> {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            ensure!(fields.iter().all(|(key, _)| key.is_ascii()), "the keys of facts are ASCII");
            fields.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (at, (key, value)) in fields.into_iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "," });
                text.push_str(&serde_json::to_string(key)?);
                text.push(':');
                write(value, text)?;
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "," });
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Number(number) => match (number.as_i64().map(i64::unsigned_abs), number.as_u64()) {
            (Some(size), _) | (None, Some(size)) if size <= MOST => text.push_str(&number.to_string()),
            _ => bail!("`{number}` is no whole number that every reader takes for the same"),
        },
        // PostgreSQL keeps no U+0000 in a text; escaped it is six other characters.
        Value::String(_) | Value::Bool(_) | Value::Null => text.push_str(&serde_json::to_string(value)?),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn facts_are_written_in_one_way_only() {
        let facts = json!({"b": [1, -2, null], "a": {"z": "\u{1}\"李\n", "y": true}, "": 9_007_199_254_740_991_u64});
        let text = r#"{"":9007199254740991,"a":{"y":true,"z":"\u0001\"李\n"},"b":[1,-2,null]}"#;
        assert_eq!(canonical(&facts).expect("facts"), text);
        for none in [json!(0.5), json!({"a": [1e3]}), json!(1_u64 << 53), json!({"键": 1})] {
            assert!(canonical(&none).is_err(), "{none}");
        }
    }

    #[test]
    fn a_day_is_beijings() {
        let midnight = Millis(1_795_881_600_000);
        assert_eq!((day_of(midnight), day_of(midnight.plus_ms(-1))), ("2026-11-29".into(), "2026-11-28".into()));
        assert_eq!(next_day(midnight.plus_ms(-1)), midnight);
        assert_eq!(next_day(midnight), midnight.plus_ms(DAY_MS));
    }

    #[test]
    fn every_field_is_covered_and_so_is_the_place() {
        let entry = |about: &str| Entry::new(LedgerKind::Verdict, about, &json!({"position": 1})).expect("an entry");
        let row = Row::next(OrgId::new(), 2, Millis(1), "ab", entry("danmaku:1"));
        let others = [
            Row { org: OrgId::new(), ..row.clone() },
            Row { seq: 3, ..row.clone() },
            Row { at: Millis(2), ..row.clone() },
            Row { day: "1970-01-02".into(), ..row.clone() },
            Row { kind: "appeal_filed".into(), ..row.clone() },
            Row { about: "danmaku:2".into(), ..row.clone() },
            Row { team: Some(TeamId::new()), ..row.clone() },
            Row { facts: "{}".into(), ..row.clone() },
        ];
        assert!(others.iter().all(|other| other.digest() != row.digest()));
        assert_eq!(row.hash, follow("ab", &row.digest()));
        assert_ne!(row.hash, follow("ac", &row.digest()));
    }

    #[test]
    fn a_kind_has_one_name() {
        for kind in LedgerKind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("JSON"), kind.name());
        }
    }
}
