//! The envelope others get, the same everywhere: pages, the stream, webhooks. And what of the log a reader may see.

use crate::kinds;
use app::{Mask, Reach, Scope};
use eventlog::Entry;
use events::{BroadcastId, Millis, OrgId, RoomId, Source, TeamId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use sha2::{Digest, Sha256};
use std::{borrow::Cow, collections::BTreeSet};
use utoipa::ToSchema;

/// One event as others hear of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = FeedEvent)]
pub struct Message {
    /// What happened: docs/EVENTS.md has the names.
    #[serde(rename = "type")]
    #[schema(example = "BroadcastStarted")]
    pub kind: String,
    /// The same whenever and however often the event is told: who has seen it may leave it out.
    #[schema(example = "evt_4711_9f86d081")]
    pub id: String,
    /// When it happened, ISO 8601 in UTC.
    #[schema(example = "2026-11-28T12:00:00.000Z")]
    pub time: String,
    /// `import` happened elsewhere, at its own time.
    #[schema(value_type = String, example = "server")]
    pub source: Source,
    #[schema(value_type = uuid::Uuid)]
    pub org: OrgId,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub team: Option<TeamId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub room: Option<RoomId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub broadcast: Option<BroadcastId>,
    /// The event's own fields.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
}

/// An envelope of the log, as far as it is needed; the event's fields stay as they are.
#[derive(Deserialize)]
struct Logged<'a> {
    occurred_at: Millis,
    source: Source,
    org: OrgId,
    team: Option<TeamId>,
    room: Option<RoomId>,
    broadcast: Option<BroadcastId>,
    #[serde(borrow)]
    event: LoggedEvent<'a>,
}

#[derive(Deserialize)]
struct LoggedEvent<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// What a reader wants of what it may see.
#[derive(Debug, Clone)]
pub struct Filter {
    pub scope: Scope,
    pub mask: Mask,
    /// None: all that are told.
    pub names: Option<BTreeSet<String>>,
    pub broadcast: Option<BroadcastId>,
}

impl Filter {
    /// The entry as a message, if it is one for this reader. What belongs to no team is seen by those who see all.
    pub fn message(&self, entry: &Entry) -> Option<Message> {
        let logged: Logged = serde_json::from_slice(&entry.payload).ok()?;
        let kind = &*logged.event.kind;
        if self.names.as_ref().is_some_and(|names| !names.contains(kind)) {
            return None;
        }
        let seen = match logged.team {
            Some(team) => self.scope.covers(logged.org, team),
            None => logged.org == self.scope.org && self.scope.reach == Reach::Org,
        };
        if !seen || self.broadcast.is_some_and(|wanted| logged.broadcast != Some(wanted)) {
            return None;
        }
        let mut data = kinds::data(kind, logged.event.data)?;
        self.mask.fields(&mut data);
        Some(Message {
            data,
            id: id(entry),
            time: Timestamp(logged.occurred_at).to_string(),
            source: logged.source,
            org: logged.org,
            team: logged.team,
            room: logged.room,
            broadcast: logged.broadcast,
            kind: logged.event.kind.into_owned(),
        })
    }
}

impl Message {
    pub fn json(&self) -> String {
        // Every field is a plain value with string keys, which serde_json always writes.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Another installation's event, or that of a log begun anew, stands at the same position and has another id.
fn id(entry: &Entry) -> String {
    let hash = Sha256::digest(&entry.payload);
    let hex: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("evt_{}_{hex}", entry.position)
}

/// The names of a filter as people write them, `A,B`; none when there is none. The first that is told to nobody is the error.
pub fn names(text: &str) -> Result<Option<BTreeSet<String>>, String> {
    let names: BTreeSet<String> =
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    match names.iter().find(|name| !kinds::is_told(name)) {
        Some(unknown) => Err(unknown.clone()),
        None => Ok((!names.is_empty()).then_some(names)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{Empty, Envelope, Event, SuperChatSent, ViewerId};

    fn entry(envelope: Envelope) -> Entry {
        Entry { position: 7, at_ms: 0, payload: envelope.encode() }
    }

    fn check(scope: Scope, envelope: &Envelope, seen: bool) {
        let filter = Filter { scope, mask: Mask::On, names: None, broadcast: None };
        assert_eq!(filter.message(&entry(envelope.clone())).is_some(), seen, "{scope:?}");
    }

    #[test]
    fn a_team_sees_its_own_events_and_headquarters_all() {
        let (org, team) = (OrgId::new(), TeamId::new());
        let of_none = Envelope::new(Millis(0), Source::Server, org, Event::RoomShared(Empty {}));
        let of_team = of_none.clone().with_team(team);
        for envelope in [&of_none, &of_team] {
            check(Scope::whole(org), envelope, true);
            check(Scope::whole(OrgId::new()), envelope, false);
            check(Scope::of_team(org, TeamId::new()), envelope, false);
        }
        check(Scope::of_team(org, team), &of_team, true);
        check(Scope::of_team(org, team), &of_none, false);
    }

    #[test]
    fn neither_viewers_nor_their_words_are_told() {
        let org = OrgId::new();
        let paid = Event::SuperChatSent(SuperChatSent { text: "my number is 1".into(), price_milli: 30_000 });
        let envelope = Envelope::new(Millis(0), Source::Server, org, paid).with_viewer(ViewerId::random());
        let filter = Filter { scope: Scope::whole(org), mask: Mask::Off, names: None, broadcast: None };
        let message = filter.message(&entry(envelope)).expect("it is told");
        let json: Value = serde_json::from_str(&message.json()).expect("JSON");
        assert_eq!(json["data"], serde_json::json!({"price_milli": 30_000}));
        let fields: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(fields, ["data", "id", "org", "source", "time", "type"]);
        assert!(message.id.starts_with("evt_7_"));
    }

    #[test]
    fn what_people_wrote_is_masked_for_who_may_not_see_it() {
        let org = OrgId::new();
        let room = Event::RoomChanged(events::RoomCreated { title: "call 13800138000".into(), private: false });
        let entry = entry(Envelope::new(Millis(0), Source::Server, org, room));
        let title = |mask| {
            let filter = Filter { scope: Scope::whole(org), mask, names: None, broadcast: None };
            filter.message(&entry).map(|message| message.data["title"].clone())
        };
        assert_eq!(title(Mask::Off), Some("call 13800138000".into()));
        assert_eq!(title(Mask::On), Some("call 138******00".into()));
    }

    #[test]
    fn a_filter_names_what_is_told() {
        let list = |text| names(text).map(|names| names.map(|names| names.into_iter().collect::<Vec<_>>().join(" ")));
        assert_eq!(list(""), Ok(None));
        assert_eq!(list("GiftSent, BroadcastEnded"), Ok(Some("BroadcastEnded GiftSent".into())));
        assert_eq!(list("GiftSent,Tracked"), Err("Tracked".into()));
        assert_eq!(list("Nothing"), Err("Nothing".into()));
    }
}
