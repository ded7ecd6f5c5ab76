//! Walks the audit log's chain and names the first row that is not as it was written.

use crate::{store_aging::Said, store_audit};
use sea_orm::ConnectionTrait;
use std::{collections::BTreeMap, fmt};

const PAGE: u64 = 1_000;

/// What a walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    pub rows: i64,
    /// The hash of the last good row.
    pub head: String,
    pub damage: Option<AuditDamage>,
    /// How many heads that were kept elsewhere are as they were noted.
    pub heads_kept: usize,
    /// Rows before the first one, which went by their age.
    pub cut: i64,
    /// Rows whose words were taken out, as a later one says.
    pub redacted: usize,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditDamage {
    /// A row's content or its hash was changed, or rows changed places.
    Changed { seq: i64, id: i64 },
    /// Rows are missing before this one.
    Missing { seq: i64 },
    /// A row was added without a place in the chain.
    Outside { id: i64 },
    /// The log ends before its head.
    CutOff { seq: i64, head: i64 },
    /// Rows up to this one are gone, and none of the others says so.
    CutUnsaid { seq: i64 },
    /// The chain is sound in itself, but another one than was noted elsewhere.
    Rewritten { seq: i64 },
}

impl fmt::Display for AuditDamage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { seq, id } => write!(f, "row {seq} (id {id}) is not as it was written"),
            Self::Missing { seq } => write!(f, "row {seq} is missing"),
            Self::Outside { id } => write!(f, "the row with the id {id} stands outside the chain"),
            Self::CutOff { seq, head } => write!(f, "the log ends at row {seq}, but {head} were written"),
            Self::CutUnsaid { seq } => write!(f, "the rows up to {seq} are gone, and no later one says why"),
            Self::Rewritten { seq } => write!(f, "row {seq} has another hash than was noted in the event log"),
        }
    }
}

/// Walks the whole chain. `kept` are heads that were noted elsewhere: number of the row and its hash.
pub async fn verify_audit(db: &impl ConnectionTrait, kept: &BTreeMap<i64, String>) -> anyhow::Result<AuditReport> {
    let end = store_audit::head_of(db).await?;
    let said = Said::read(db).await?;
    let (rows, head) = (end.cut_seq, end.cut_hash.clone());
    let mut report = AuditReport { rows, head, damage: None, heads_kept: 0, cut: rows, redacted: 0 };
    if !said.cut(end.cut_seq, &end.cut_hash) {
        report.damage = Some(AuditDamage::CutUnsaid { seq: end.cut_seq });
        return Ok(report);
    }
    match kept.get(&report.rows) {
        Some(kept) if *kept != report.head => {
            report.damage = Some(AuditDamage::Rewritten { seq: report.rows });
            return Ok(report);
        }
        Some(_) => report.heads_kept += 1,
        None => {}
    }
    loop {
        let rows = store_audit::chained_after(db, report.rows, PAGE).await?;
        let full = rows.len() as u64 == PAGE;
        for row in rows {
            let (expected, seq) = (report.rows + 1, row.seq.unwrap_or_default());
            if seq != expected {
                report.damage = Some(AuditDamage::Missing { seq: expected });
                return Ok(report);
            }
            let mut hash = row.row(seq).hash(&report.head);
            match &row.hash {
                Some(written) if *written == hash => {}
                Some(written) if said.redacted(&row, seq) => {
                    hash.clone_from(written);
                    report.redacted += 1;
                }
                _ => {
                    report.damage = Some(AuditDamage::Changed { seq, id: row.id });
                    return Ok(report);
                }
            }
            match kept.get(&seq) {
                Some(kept) if *kept != hash => {
                    report.damage = Some(AuditDamage::Rewritten { seq });
                    return Ok(report);
                }
                Some(_) => report.heads_kept += 1,
                None => {}
            }
            (report.rows, report.head) = (seq, hash);
        }
        if !full {
            break;
        }
    }
    let noted = kept.keys().next_back().copied().unwrap_or_default().max(end.seq);
    // Nothing was chained yet: rows of an older version wait for the first one.
    let outside = if end.seq == 0 { None } else { store_audit::unchained(db).await? };
    report.damage = match outside {
        Some(row) => Some(AuditDamage::Outside { id: row.id }),
        // A server that runs beside this may have added some meanwhile.
        None if report.rows < noted => Some(AuditDamage::CutOff { seq: report.rows, head: noted }),
        None if report.rows == end.seq && report.head != end.hash => Some(AuditDamage::Rewritten { seq: end.seq }),
        None => None,
    };
    Ok(report)
}
