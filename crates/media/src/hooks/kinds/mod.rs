//! The kinds of media servers whose hooks are understood. A new one is a file and an entry in [`Kind`].

mod mediamtx;
mod nginx_rtmp;
mod srs;

use super::event::{BadHook, Said};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Srs,
    NginxRtmp,
    MediaMtx,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Srs, Kind::NginxRtmp, Kind::MediaMtx];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Srs => "srs",
            Kind::NginxRtmp => "nginx_rtmp",
            Kind::MediaMtx => "mediamtx",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Reads the body of a call.
    pub fn read(self, body: &[u8]) -> Result<Said, BadHook> {
        match self {
            Kind::Srs => srs::read(body),
            Kind::NginxRtmp => nginx_rtmp::read(body),
            Kind::MediaMtx => mediamtx::read(body),
        }
    }

    /// Status and body that say yes.
    pub fn yes(self) -> (u16, &'static str) {
        match self {
            Kind::Srs => (200, r#"{"code":0}"#),
            Kind::NginxRtmp | Kind::MediaMtx => (200, ""),
        }
    }

    /// Status and body that say no.
    pub fn no(self) -> (u16, &'static str) {
        match self {
            Kind::Srs => (403, r#"{"code":1}"#),
            Kind::NginxRtmp => (403, ""),
            Kind::MediaMtx => (401, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::{HookEvent, What};
    use super::*;
    use proptest::prelude::*;

    /// Every kind, with a body of its own.
    const BODIES: [(Kind, &str); 3] = [
        (
            Kind::Srs,
            r#"{"action":"on_publish","client_id":"341w361a","ip":"10.0.0.9","app":"live","stream":"room1","param":"?key=abc"}"#,
        ),
        (
            Kind::NginxRtmp,
            "app=live&tcurl=rtmp://h/live&addr=10.0.0.9&clientid=1&call=publish&name=room1&type=live&key=abc",
        ),
        (
            Kind::MediaMtx,
            r#"{"action":"publish","ip":"10.0.0.9","path":"live/room1","protocol":"rtmp","query":"key=abc","user":"","password":""}"#,
        ),
    ];

    #[test]
    fn every_kind_says_the_same_of_the_same() {
        assert_eq!(BODIES.map(|(kind, _)| kind), Kind::ALL);
        for (kind, body) in BODIES {
            let Ok(Said::Event(event)) = kind.read(body.as_bytes()) else { panic!("{kind:?}") };
            let expected = HookEvent::new(What::Publish, "live", "room1", Some("10.0.0.9"), "key=abc");
            let Ok(expected) = expected else { panic!("a good event") };
            assert_eq!(
                (event.what, &event.app, &event.name),
                (expected.what, &expected.app, &expected.name),
                "{kind:?}"
            );
            assert_eq!((&event.key, event.ip), (&expected.key, expected.ip), "{kind:?}");
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert!(kind.yes().0 == 200 && kind.no().0 >= 400);
        }
    }

    #[test]
    fn names_that_would_change_an_address_are_refused() {
        for (kind, body) in BODIES {
            for name in ["..", "a..b", "a@b", "a:b", "", "a b", "a?b"] {
                let body = body.replace("room1", name);
                let taken = matches!(kind.read(body.as_bytes()), Ok(Said::Event(event)) if event.name == name);
                assert!(!taken, "{kind:?} takes `{name}`");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_harms_nobody(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            for kind in Kind::ALL {
                let _ = kind.read(&bytes);
            }
        }

        #[test]
        fn mutated_hooks_harm_nobody(which in 0..3usize, at in 0..200usize, with in "\\PC{0,8}") {
            let (kind, body) = BODIES[which];
            let at = (0..=at.min(body.len())).rev().find(|at| body.is_char_boundary(*at)).unwrap_or_default();
            let mutated = format!("{}{with}{}", &body[..at], body.get(at + with.len()..).unwrap_or_default());
            if let Ok(Said::Event(event)) = kind.read(mutated.as_bytes()) {
                prop_assert!(!event.name.contains(['/', '?', '&', '#', ':', '@', ' ']));
            }
        }
    }
}
