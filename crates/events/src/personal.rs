//! What of an event a person wrote, or says who a person is: taken out before the event is stored, put back when it is read.

use crate::{DanmakuJudged, Envelope, Event, Tracked};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The personal part of an event. It is sealed as JSON: fields are only added, with defaults.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Personal {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub context: Map<String, Value>,
}

impl Personal {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Envelope {
    /// Whether the event is of a kind that may hold something personal.
    pub fn may_be_personal(&self) -> bool {
        matches!(
            self.event,
            Event::DanmakuSent(_) | Event::DanmakuJudged(_) | Event::SuperChatSent(_) | Event::Tracked(_)
        )
    }

    /// Takes out what is personal; none when there is nothing.
    pub fn take_personal(&mut self) -> Option<Personal> {
        let personal = match &mut self.event {
            Event::DanmakuSent(danmaku) | Event::DanmakuJudged(DanmakuJudged { danmaku, .. }) => {
                Personal { text: std::mem::take(&mut danmaku.text), nick: danmaku.nick.take(), ..Personal::default() }
            }
            Event::SuperChatSent(chat) => Personal { text: std::mem::take(&mut chat.text), ..Personal::default() },
            Event::Tracked(tracked) => take_from(tracked),
            _ => return None,
        };
        (!personal.is_empty()).then_some(personal)
    }

    /// Puts back what was taken out of this event.
    pub fn put_personal(&mut self, personal: Personal) {
        match &mut self.event {
            Event::DanmakuSent(danmaku) | Event::DanmakuJudged(DanmakuJudged { danmaku, .. }) => {
                (danmaku.text, danmaku.nick) = (personal.text, personal.nick);
            }
            Event::SuperChatSent(chat) => chat.text = personal.text,
            Event::Tracked(tracked) => {
                (tracked.user_id, tracked.anonymous_id) = (personal.user_id, personal.anonymous_id);
                tracked.properties.extend(personal.properties);
                tracked.context.extend(personal.context);
            }
            _ => {}
        }
    }
}

/// What a context says of a program rather than of a person. Everything else of it is sealed.
const IMPERSONAL: &[&str] =
    &["app", "campaign", "category", "channel", "collector", "library", "locale", "os", "timezone", "violations"];

/// Fields that tell who somebody is, in small letters and without what separates words.
const TELLING: &[&str] = &[
    "address",
    "advertisingid",
    "anonymousid",
    "birthday",
    "clientid",
    "deviceid",
    "distinctid",
    "email",
    "firstname",
    "fullname",
    "groupid",
    "idcard",
    "idfa",
    "imei",
    "ip",
    "lastname",
    "latitude",
    "longitude",
    "mail",
    "mobile",
    "mobilephone",
    "nick",
    "nickname",
    "oaid",
    "openid",
    "phone",
    "phonenumber",
    "previousid",
    "qq",
    "realname",
    "set",
    "setonce",
    "tel",
    "telephone",
    "traits",
    "unionid",
    "userid",
    "username",
    "userproperties",
    "wechat",
];

fn take_from(tracked: &mut Tracked) -> Personal {
    let of_a_person = matches!(tracked.call.as_str(), "identify" | "group" | "alias");
    let (properties, kept) = std::mem::take(&mut tracked.properties)
        .into_iter()
        .partition(|(name, value)| of_a_person || is_telling(name) || tells(value));
    tracked.properties = kept;
    let (context, kept) = std::mem::take(&mut tracked.context)
        .into_iter()
        .partition(|(name, value)| !IMPERSONAL.contains(&name.as_str()) || tells(value));
    tracked.context = kept;
    let (user_id, anonymous_id) = (tracked.user_id.take(), tracked.anonymous_id.take());
    Personal { user_id, anonymous_id, properties, context, ..Personal::default() }
}

fn is_telling(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect();
    TELLING.binary_search(&name.as_str()).is_ok()
}

/// Whether something within tells who somebody is: by its name, or because it looks like an e-mail address.
fn tells(value: &Value) -> bool {
    match value {
        Value::String(text) => text.split_once('@').is_some_and(|(_, host)| host.contains('.')),
        Value::Array(items) => items.iter().any(tells),
        Value::Object(fields) => fields.iter().any(|(name, value)| is_telling(name) || tells(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DanmakuSent, Empty, Millis, OrgId, Source};
    use serde_json::json;

    fn envelope(event: Event) -> Envelope {
        Envelope::new(Millis(1), Source::Viewer, OrgId::new(), event)
    }

    fn tracked(call: &str, properties: Value, context: Value) -> Envelope {
        let map = |value: Value| value.as_object().cloned().unwrap_or_default();
        envelope(Event::Tracked(Tracked {
            call: call.into(),
            name: "Order".into(),
            user_id: Some("张三".into()),
            anonymous_id: None,
            properties: map(properties),
            context: map(context),
            sent_at: None,
        }))
    }

    /// What stays, and that the rest goes back to where it was.
    fn stays(whole: Envelope) -> Value {
        let mut event = whole.clone();
        let personal = event.take_personal().expect("something personal");
        let kept = serde_json::to_value(&event.event).expect("JSON");
        event.put_personal(personal);
        assert_eq!(event, whole);
        kept["data"].clone()
    }

    #[test]
    fn words_and_names_are_taken_out() {
        let said = DanmakuSent { nick: Some("小鱼".into()), ..DanmakuSent::plain("我的电话") };
        assert_eq!(stays(envelope(Event::DanmakuSent(said))), json!({"text": ""}));
        let mut nothing = envelope(Event::DanmakuSent(DanmakuSent::plain("")));
        assert_eq!(nothing.take_personal(), None);
        assert_eq!(envelope(Event::RoomShared(Empty {})).take_personal(), None);
    }

    #[test]
    fn of_a_tracked_event_what_is_counted_stays() {
        let properties = json!({"sku": "A1", "price": 9.5, "e-mail": "a", "note": "to a@b.cn", "to": [{"Phone": 1}], "$ip": "1.2.3.4"});
        let context = json!({"ip": "1.2.3.4", "os": {"name": "iOS"}, "traits": {"x": 1}, "collector": "c"});
        assert_eq!(
            stays(tracked("track", properties, context)),
            json!({"call": "track", "name": "Order", "properties": {"sku": "A1", "price": 9.5},
                "context": {"os": {"name": "iOS"}, "collector": "c"}})
        );
        assert_eq!(
            stays(tracked("identify", json!({"plan": "gold"}), json!({}))),
            json!({"call": "identify", "name": "Order"})
        );
    }

    #[test]
    fn the_list_is_in_order() {
        assert!(TELLING.is_sorted());
    }
}
