//! The quick reader agrees with the typed one.

use crate::histories::{any_order, broadcast, org};
use analytics::fact::Fact;
use events::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn reading_bytes_gives_the_same_fact_as_decoding(history in any_order(true)) {
        for event in &history.events {
            let bytes = event.encode();
            prop_assert_eq!(Fact::read(&bytes), Some(Fact::of(event)));
        }
    }

    #[test]
    fn tracked_names_survive_whatever_they_are(name in ".{0,20}") {
        let tracked = Tracked {
            call: "track".into(), name, user_id: None, anonymous_id: None,
            properties: Default::default(), context: Default::default(), sent_at: None,
        };
        let event = Envelope::new(Millis(5), Source::Collect, org(), Event::Tracked(tracked)).with_broadcast(Some(broadcast(2)));
        let bytes = event.encode();
        prop_assert_eq!(Fact::read(&bytes), Some(Fact::of(&event)));
    }
}

#[test]
fn rubbish_is_no_fact() {
    for rubbish in [&b""[..], b"{}", b"null", b"\xff\xfe", br#"{"v":1,"event":{"type":"Unheard","data":{}}}"#] {
        assert_eq!(Fact::read(rubbish), None);
    }
}
