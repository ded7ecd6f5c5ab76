//! Where appeals are filed and decided: each at one place, in one transaction with its event.

use super::{Appeal, AppealState, CLOCK_MS, Decision, store};
use crate::{
    Moderation,
    ledger::{self, Entry, Kind},
    review::{self, Decided},
    sanctions::{Sanction, SanctionState, desk, store as sanctions},
};
use ::store::{OnConstraint, Tx};
use app::{Actor, ApiError, Reach};
use audience::{RoomRef, ViewerPass};
use events::{AppealDecided, AppealFiled, Event, ReviewOutcome};
use uuid::Uuid;

/// An appeal, kept and told.
async fn file(tx: &Tx, appeal: &Appeal) -> Result<(), ApiError> {
    let again = ApiError::new(409, "already_appealed", "there is one appeal a sanction");
    store::insert(tx.db(), appeal).await.on_constraint("moderation_appeals_sanction_id_key", again)??;
    // A viewer's words go with him, and stand nowhere else.
    let facts = serde_json::json!({ "appeal": appeal.id, "sanction": appeal.sanction, "due_ms": appeal.due_at });
    let entry = Entry::new(Kind::AppealFiled, desk::named(appeal.sanction), &facts)?.of_team(appeal.team);
    ledger::write(tx, appeal.org, appeal.filed_at, vec![entry]).await?;
    let filed = AppealFiled { appeal: appeal.id, sanction: appeal.sanction, due: appeal.due_at };
    Ok(tx.emit(appeal.told(appeal.filed_at, Event::AppealFiled(filed))).await?)
}

/// A decision, kept and told. False: somebody else was faster.
async fn settle(tx: &Tx, appeal: &mut Appeal, state: AppealState, decision: Decision) -> anyhow::Result<bool> {
    appeal.state = state;
    if !store::decide(tx.db(), appeal, &decision).await? {
        return Ok(false);
    }
    let facts = serde_json::json!({
        "appeal": appeal.id, "sanction": appeal.sanction, "outcome": state.name(), "late": appeal.late, "by": decision.by,
    });
    let entry = Entry::new(Kind::AppealDecided, desk::named(appeal.sanction), &facts)?.of_team(appeal.team);
    ledger::write(tx, appeal.org, decision.at, vec![entry]).await?;
    let decided = AppealDecided {
        appeal: appeal.id,
        sanction: appeal.sanction,
        upheld: state == AppealState::Upheld,
        by: decision.by.clone(),
    };
    tx.emit(appeal.told(decision.at, Event::AppealDecided(decided))).await?;
    appeal.decided = Some(decision);
    Ok(true)
}

impl Moderation {
    /// A viewer objects to a sanction of his own that concerns this room.
    pub(crate) async fn file_appeal(
        &self,
        room: &RoomRef,
        pass: &ViewerPass,
        sanction: Uuid,
        text: String,
    ) -> Result<Appeal, ApiError> {
        let app = self.app();
        let now = app.now();
        let tx = app.store.begin().await?;
        tx.take_turns(desk::TURN).await?;
        let found = sanctions::find_any(tx.db(), sanction).await?.filter(|sanction| {
            let his = sanction.org == room.org && sanction.viewer.as_ref() == Some(&pass.viewer);
            his && (sanction.everywhere || sanction.room == room.room)
        });
        let sanction = found.ok_or_else(|| ApiError::not_found("sanction"))?;
        if !sanction.state.is_appealable() {
            return Err(ApiError::new(409, "not_appealable", "it was taken back, or it is suspended"));
        }
        let appeal = Appeal {
            id: Uuid::now_v7(),
            sanction: sanction.id,
            org: sanction.org,
            team: sanction.team,
            room: sanction.room,
            broadcast: sanction.broadcast,
            viewer: pass.viewer.clone(),
            text,
            erased: false,
            filed_at: now,
            due_at: now.plus_ms(CLOCK_MS),
            late: false,
            state: AppealState::Open,
            decided: None,
            after_position: app.log.last(),
        };
        file(&tx, &appeal).await?;
        tx.commit().await?;
        metrics::counter!("kaibo_moderation_appeals_filed_total").increment(1);
        Ok(appeal)
    }

    /// Somebody decides about an appeal, and what follows from it holds when it is answered.
    pub(crate) async fn decide_appeal(
        &self,
        actor: &Actor,
        id: Uuid,
        state: AppealState,
        reason: String,
    ) -> Result<(Appeal, Sanction), ApiError> {
        let app = self.app();
        let now = app.now();
        let _turn = self.bars().turn.lock().await;
        let tx = app.store.begin().await?;
        tx.take_turns(desk::TURN).await?;
        let unknown = || ApiError::not_found("appeal");
        let mut appeal = store::find(tx.db(), actor.scope, id).await?.ok_or_else(unknown)?;
        let mut sanction = sanctions::find_any(tx.db(), appeal.sanction).await?.ok_or_else(unknown)?;
        if sanction.everywhere && actor.scope.reach != Reach::Org {
            return Err(beyond_reach());
        }
        if sanction.by.is(actor) {
            return Err(ApiError::new(403, "own_sanction", "whoever imposed it does not decide about the appeal"));
        }
        let decision = Decision { reason, by: actor.name.to_string(), at: now };
        if !settle(&tx, &mut appeal, state, decision).await? {
            return Err(ApiError::new(409, "already_decided", "somebody decided about it before"));
        }
        let mut forgiven = None;
        match state {
            AppealState::Upheld if sanction.state == SanctionState::Suspended => {
                desk::change(&tx, &mut sanction, SanctionState::Active, &actor.name, None, now).await?;
            }
            AppealState::Reversed => {
                desk::change(&tx, &mut sanction, SanctionState::Reversed, &actor.name, None, now).await?;
                if let Some(position) = sanction.position {
                    let by = actor.name.to_string();
                    let passed = Decided { outcome: ReviewOutcome::Pass, clause: None, note: None, by, at: now };
                    forgiven = review::overrule(app, &tx, position, &passed).await?;
                }
            }
            _ => {}
        }
        tx.commit().await?;
        self.bars().put(&sanction);
        if let Some((viewer, rejected_at)) = forgiven {
            self.0.gate.forgive(sanction.org, &viewer, rejected_at);
        }
        metrics::counter!("kaibo_moderation_appeals_decided_total", "outcome" => state.name(),
            "late" => (now > appeal.due_at).to_string())
        .increment(1);
        Ok((appeal, sanction))
    }
}

/// What holds everywhere is headquarters' alone.
pub fn beyond_reach() -> ApiError {
    ApiError::new(403, "beyond_your_reach", "what holds in every room is headquarters' to decide")
}
