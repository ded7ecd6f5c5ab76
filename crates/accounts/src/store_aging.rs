//! What leaves the audit log: rows at its beginning by their age, and words that no row may hold any more. The chain stays whole: a row
//! further on says what went, and carries the hash of it.

use crate::{
    chain,
    store_audit::{self, Action, Change, Column, Entity, Model, Who, head},
};
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::Text;

/// Rows that go, or are looked at, with one commit.
const AT_ONCE: u64 = 2_000;
/// In the column `actor`.
const RETENTION: &str = "retention";
const MASKING: &str = "masking";

/// The beginning of the log that is older than it has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OldAudit {
    pub rows: u64,
    pub oldest: Millis,
    pub newest: Millis,
    last_seq: i64,
}

/// The rows from the beginning up to the first one that is younger than `before`, or another organisation's: a chain gives way at
/// its end only. None when there are none.
pub async fn old_audit(db: &impl ConnectionTrait, org: OrgId, before: Millis) -> anyhow::Result<Option<OldAudit>> {
    let head = store_audit::head_of(db).await?;
    let rows = || Entity::find().filter(Column::Seq.gt(head.cut_seq));
    let others = Condition::all().add(Column::OrgId.is_not_null()).add(Column::OrgId.ne(Text(org)));
    let stays = rows().filter(Condition::any().add(Column::AtMs.gte(before.0)).add(others));
    let stays = stays.order_by_asc(Column::Seq).one(db).await.context("looking for the first row that stays")?;
    let last_seq = stays.and_then(|row| row.seq).map_or(head.seq, |seq| seq - 1);
    let first = rows().order_by_asc(Column::Seq).one(db).await?;
    let last = Entity::find().filter(Column::Seq.eq(last_seq)).one(db).await?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(None) };
    let rows = last_seq - head.cut_seq;
    let (oldest, newest) = (Millis(first.at_ms), Millis(last.at_ms));
    Ok((rows > 0).then_some(OldAudit { rows: rows as u64, oldest, newest, last_seq }))
}

/// Cuts a bounded part of them off; how many went, 0 when nothing is left to go.
pub async fn cut_audit(store: &store::Store, org: OrgId, before: Millis, now: Millis) -> anyhow::Result<u64> {
    if old_audit(store.read(), org, before).await?.is_none() {
        return Ok(0);
    }
    let tx = store.begin().await?;
    store_audit::take_turn(&tx).await?;
    let Some(old) = old_audit(tx.db(), org, before).await? else { return Ok(0) };
    let head = store_audit::head_of(tx.db()).await?;
    let last_seq = old.last_seq.min(head.cut_seq + AT_ONCE as i64);
    let last = Entity::find().filter(Column::Seq.eq(last_seq)).one(tx.db()).await?;
    let hash = last.and_then(|row| row.hash).context("a row of the audit log has no hash")?;
    let gone = Entity::delete_many().filter(Column::Seq.lte(last_seq));
    gone.exec(tx.db()).await.context("cutting the beginning of the audit log off")?;
    let update = head::Entity::update_many()
        .col_expr(head::Column::CutSeq, Expr::value(last_seq))
        .col_expr(head::Column::CutHash, Expr::value(&hash));
    update.exec(tx.db()).await.context("noting where the audit log begins")?;
    let who = Who::program(Some(Scope::whole(org)), RETENTION);
    let change = Change::new(None, json!({ "head": hash }));
    store_audit::record_change(&tx, who, Action::AuditCut, &last_seq.to_string(), change, now).await?;
    tx.commit().await?;
    Ok((last_seq - head.cut_seq) as u64)
}

/// Writes down what the program did by itself, in the transaction of what it tells.
pub async fn note_program(
    tx: &store::Tx,
    org: OrgId,
    part: &str,
    action: &str,
    target: &str,
    after: Value,
    now: Millis,
) -> anyhow::Result<()> {
    let who = Who::program(Some(Scope::whole(org)), part);
    store_audit::append(tx, who, action, target, Change::new(None, after), now).await
}

/// Empties what rows of earlier versions hold and today's rule of masking would not keep, a bounded part of the log: how many rows
/// changed, none when all were looked at.
pub(crate) async fn redact_some(store: &store::Store, now: Millis) -> anyhow::Result<Option<u64>> {
    let is_done = |head: &head::Model| head.masked_rule == chain::RULE && head.masked_seq >= head.seq;
    if is_done(&store_audit::head_of(store.read()).await?) {
        return Ok(None);
    }
    let tx = store.begin().await?;
    store_audit::take_turn(&tx).await?;
    let head = store_audit::head_of(tx.db()).await?;
    if is_done(&head) {
        return Ok(None);
    }
    let seen = if head.masked_rule == chain::RULE { head.masked_seq } else { 0 };
    let rows = store_audit::chained_after(tx.db(), seen, AT_ONCE).await?;
    let looked_at = rows.last().and_then(|row| row.seq).unwrap_or(head.seq);
    let mut redacted = 0;
    for mut row in rows {
        if redact(&mut row) {
            keep_redacted(&tx, &row, now).await?;
            redacted += 1;
        }
    }
    let update = head::Entity::update_many()
        .col_expr(head::Column::MaskedRule, Expr::value(chain::RULE))
        .col_expr(head::Column::MaskedSeq, Expr::value(looked_at));
    update.exec(tx.db()).await.context("noting how far the audit log was looked at")?;
    tx.commit().await?;
    Ok(Some(redacted))
}

/// Did the row hold what none may hold now?
fn redact(row: &mut Model) -> bool {
    let mut changed = false;
    for text in [&mut row.before_json, &mut row.after_json].into_iter().flatten() {
        let Ok(value) = serde_json::from_str::<Value>(text) else { continue };
        let masked = chain::masked(&value);
        if serde_json::from_str::<Value>(&masked).ok().as_ref() != Some(&value) {
            *text = masked;
            changed = true;
        }
    }
    changed
}

async fn keep_redacted(tx: &store::Tx, row: &Model, now: Millis) -> anyhow::Result<()> {
    let seq = row.seq.context("a row of the audit log has no number")?;
    let update = Entity::update_many()
        .col_expr(Column::BeforeJson, Expr::value(row.before_json.clone()))
        .col_expr(Column::AfterJson, Expr::value(row.after_json.clone()));
    update.filter(Column::Id.eq(row.id)).exec(tx.db()).await.context("emptying a row of the audit log")?;
    let scope = row.org_id.map(|org| Scope::whole(org.0));
    let said = json!({ "was": row.hash, "is": row.row(seq).hash("") });
    let (who, change) = (Who::program(scope, MASKING), Change::new(None, said));
    store_audit::record_change(tx, who, Action::AuditRedacted, &seq.to_string(), change, now).await
}

/// What later rows say of rows that are not as they were written.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// By the number of the row: its hash, and that of what is left of it.
    redacted: BTreeMap<i64, (String, String)>,
    /// By the number of the last row that went: its hash.
    cuts: BTreeMap<i64, String>,
}

impl Said {
    pub async fn read(db: &impl ConnectionTrait) -> anyhow::Result<Self> {
        let mut said = Self::default();
        for action in [Action::AuditRedacted, Action::AuditCut] {
            let rows = Entity::find().filter(Column::Action.eq(action.as_str())).filter(Column::Seq.is_not_null());
            for row in rows.order_by_asc(Column::Seq).all(db).await.context("reading what left the audit log")? {
                let after = row.after_json.and_then(|text| serde_json::from_str::<Value>(&text).ok());
                let (Some(after), Ok(seq)) = (after, row.target.parse()) else { continue };
                let text = |field: &str| after[field].as_str().unwrap_or_default().to_owned();
                match action {
                    Action::AuditCut => drop(said.cuts.insert(seq, text("head"))),
                    _ => drop(said.redacted.insert(seq, (text("was"), text("is")))),
                }
            }
        }
        Ok(said)
    }

    /// Is the row what a later one says is left of it?
    pub fn redacted(&self, row: &Model, seq: i64) -> bool {
        self.redacted.get(&seq).is_some_and(|(was, is)| row.hash.as_ref() == Some(was) && *is == row.row(seq).hash(""))
    }

    pub fn cut(&self, seq: i64, hash: &str) -> bool {
        seq == 0 || self.cuts.get(&seq).is_some_and(|said| said == hash)
    }
}
