//! What an entry is, judged by its evidence: a list of rules, one line each. Pure.
//!
//! A rule that holds gives points. [`BOT`] points make a suspected bot 疑似机器人, [`DOUBT`] an unknown; below that the entry is
//! what its evidence shows: a web viewer or a bare client. Points of [`BOT`] alone are hard evidence: what was seen cannot
//! come from a person who watches. Everything a shared address, a second tab, a hidden page, a sleeping phone or a stalled
//! picture explains gives few points or none.

use events::{ViewerEvidence, ViewerKind, ViewerVerdict};

/// From here on a bot.
pub const BOT: u32 = 4;
/// From here on nobody can say.
pub const DOUBT: u32 = 2;

/// Long enough to expect what a viewer does.
const STAY_MS: i64 = 15_000;
const BEATS: u32 = 3;
/// So much distinct media, and so long a stay, makes a bare client one that plays. Less is a look.
pub const BARE_MS: u64 = 10_000;
/// So many short entries of one address and program are no coincidence.
const MANY_BRIEF: u32 = 20;

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub evidence: &'a ViewerEvidence,
    /// We delivered the media ourselves while the entry was there: what we did not see did not happen.
    pub direct: bool,
    /// What CDN logs say of it.
    pub logged: Logged,
}

/// What is known of the CDN logs of its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Logged {
    /// They hold everything while the entry was there: what they do not show did not happen.
    pub complete: bool,
    /// How long a segment is, if that can be told from them.
    pub segment_ms: Option<u32>,
}

/// One line of the list.
pub struct Rule {
    pub code: &'static str,
    pub points: u32,
    pub holds: fn(Facts) -> bool,
}

const fn rule(code: &'static str, points: u32, holds: fn(Facts) -> bool) -> Rule {
    Rule { code, points, holds }
}

/// Strongest first. Codes are stable; `docs/audience.md` explains them.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule("beats_without_media", BOT, |f| f.sees_media() && !f.fetched() && f.evidence.beats >= 2 && f.evidence.claimed_ms > 0),
    rule("beats_exceed_media", BOT, |f| f.sees_media() && f.fetched() && f.evidence.beats >= BEATS && f.evidence.claimed_ms > 2 * f.media_at_most_ms() + 30_000),
    rule("claims_impossible", BOT, |f| f.evidence.impossible >= 2),
    rule("pace_impossible", BOT, |f| f.evidence.served_ms.max(f.logged_at_least_ms()) > 5 * f.stay_ms().max(0) as u64 + 60_000),
    rule("position_still", BOT, |f| f.evidence.still >= BEATS && 2 * f.evidence.still >= f.evidence.beats - f.evidence.hidden.min(f.evidence.beats)),
    rule("playlist_only", BOT, |f| f.direct && f.evidence.playlists >= 8 && f.evidence.fetches == 0 && f.evidence.sockets == 0 && f.stay_ms() >= STAY_MS),
    rule("lock_step", BOT, |f| f.evidence.cluster >= 5 && f.evidence.lockstep >= BEATS && 5 * f.evidence.lockstep >= 2 * f.evidence.beats),
    rule("shared_token", BOT, |f| f.direct && f.evidence.addresses >= 5 && f.evidence.served_ms > 2 * f.evidence.media_ms + 10_000),
    rule("never_shown", BOT, |f| f.is_web() && f.evidence.media_ms.max(f.logged_at_least_ms()) >= 15_000 && f.stay_ms() >= STAY_MS && f.is_silent() && f.evidence.agent != "media_player"),
    rule("many_brief", BOT, |f| f.direct && f.evidence.brief >= MANY_BRIEF && f.evidence.media_ms < BARE_MS && f.is_silent()),
    rule("tool_with_heartbeats", 3, |f| f.evidence.agent == "tool" && f.evidence.beats > 0),
    rule("position_outside", 2, |f| f.direct && f.evidence.outside >= BEATS && 2 * f.evidence.outside >= f.evidence.beats && f.evidence.fetches == f.evidence.live_fetches),
    rule("no_position", 2, |f| f.is_web() && f.evidence.beats >= BEATS && f.evidence.positions == 0 && f.evidence.claimed_ms > 0),
    rule("claims_repeat", 2, |f| f.evidence.repeats >= BEATS && 2 * f.evidence.repeats >= f.evidence.beats),
    rule("headless", 2, |f| f.evidence.agent == "headless"),
    rule("many_addresses", 1, |f| f.direct && f.evidence.addresses >= 5),
    rule("rush", 1, |f| f.evidence.rush >= 5),
    rule("machine_regular", 1, |f| f.evidence.beats >= 5 && f.evidence.jitter_ms == Some(0)),
    rule("no_agent", 1, |f| f.evidence.agent == "none"),
];

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: ViewerVerdict,
    pub points: u32,
    /// Codes of the rules that hold, strongest first.
    pub reasons: Vec<&'static str>,
}

pub fn judge(facts: Facts) -> Judgement {
    let held: Vec<&Rule> = RULES.iter().filter(|rule| (rule.holds)(facts)).collect();
    let points = held.iter().map(|rule| rule.points).sum();
    let mut reasons: Vec<&'static str> = held.iter().map(|rule| rule.code).collect();
    let verdict = match points {
        BOT.. => ViewerVerdict::Bot,
        DOUBT.. => ViewerVerdict::Unknown,
        _ if facts.is_shown() => ViewerVerdict::Web,
        _ if facts.plays_bare() => ViewerVerdict::Bare,
        _ => {
            reasons.push("little_evidence");
            ViewerVerdict::Unknown
        }
    };
    Judgement { verdict, points, reasons }
}

/// A segment whose length is not known is at least and at most this long.
const SEGMENT_MS: (u64, u64) = (1_000, 12_000);

impl Facts<'_> {
    fn is_web(&self) -> bool {
        self.evidence.kind != Some(ViewerKind::Bare)
    }

    fn stay_ms(&self) -> i64 {
        self.evidence.last_at.since(self.evidence.first_at)
    }

    /// No fetch can have escaped us.
    fn sees_media(&self) -> bool {
        self.direct || self.logged.complete
    }

    fn fetched(&self) -> bool {
        self.evidence.fetches > 0 || self.evidence.cdn_segments > 0
    }

    /// Nothing was ever heard of a player.
    fn is_silent(&self) -> bool {
        self.evidence.beats == 0 && self.evidence.sockets == 0
    }

    fn media_at_most_ms(&self) -> u64 {
        let segment_ms = self.logged.segment_ms.map_or(SEGMENT_MS.1, u64::from);
        self.evidence.media_ms + self.evidence.rewound_ms + u64::from(self.evidence.cdn_segments) * segment_ms
    }

    /// What a CDN sent, as far as its logs say.
    fn logged_at_least_ms(&self) -> u64 {
        u64::from(self.evidence.cdn_segments) * self.logged.segment_ms.map_or(SEGMENT_MS.0, u64::from)
    }

    /// Our player, with a sign that it is one beside the media.
    fn is_shown(&self) -> bool {
        let evidence = self.evidence;
        let media = evidence.media_ms > 0 || evidence.cdn_segments > 0;
        self.is_web() && !self.is_silent() && (media || !self.sees_media() && evidence.credited_ms > 0)
    }

    fn plays_bare(&self) -> bool {
        let bare = !self.is_web() || self.evidence.agent == "media_player";
        let media_ms = self.evidence.media_ms.max(self.logged_at_least_ms());
        bare && media_ms >= BARE_MS && self.stay_ms() >= BARE_MS as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::Millis;

    fn stay(s: i64) -> ViewerEvidence {
        ViewerEvidence {
            kind: Some(ViewerKind::Web),
            first_at: Millis(1_000),
            last_at: Millis(1_000 + s * 1_000),
            agent: "browser".to_owned(),
            cluster: 1,
            addresses: 1,
            ..ViewerEvidence::default()
        }
    }

    /// A person before our player for a minute.
    fn person() -> ViewerEvidence {
        ViewerEvidence {
            playlists: 300,
            fetches: 310,
            live_fetches: 310,
            media_ms: 62_000,
            served_ms: 64_000,
            beats: 6,
            positions: 6,
            claimed_ms: 58_000,
            credited_ms: 58_000,
            jitter_ms: Some(8),
            sockets: 1,
            socket_ms: 60_000,
            ..stay(60)
        }
    }

    fn check(evidence: ViewerEvidence, verdict: ViewerVerdict, reasons: &[&str]) {
        let judgement = judge(Facts { evidence: &evidence, direct: true, logged: Logged::default() });
        assert_eq!((judgement.verdict, &judgement.reasons[..]), (verdict, reasons), "{evidence:?}");
    }

    #[test]
    fn people_are_people() {
        use ViewerVerdict::{Bare, Unknown, Web};
        check(person(), Web, &[]);
        // A campus with a good network, when the show begins.
        check(ViewerEvidence { cluster: 400, rush: 40, jitter_ms: Some(1), ..person() }, Web, &["rush"]);
        check(ViewerEvidence { hidden: 5, claimed_ms: 9_000, credited_ms: 9_000, ..person() }, Web, &[]);
        check(ViewerEvidence { still: 1, claimed_ms: 20_000, credited_ms: 8_000, ..person() }, Web, &[]); // Stalls.
        check(ViewerEvidence { media_ms: 4_000, beats: 0, claimed_ms: 0, positions: 0, ..person() }, Web, &[]); // Gone at once.
        check(ViewerEvidence { sockets: 0, socket_ms: 0, ..person() }, Web, &[]); // Heartbeats by POST.
        check(ViewerEvidence { addresses: 3, sockets: 4, ..person() }, Web, &[]); // Wi-Fi, then the train.
        // A codec the browser does not play: it says so by claiming nothing.
        check(
            ViewerEvidence { fetches: 0, live_fetches: 0, media_ms: 0, claimed_ms: 0, credited_ms: 0, ..person() },
            Unknown,
            &["little_evidence"],
        );
        // Rewound for the whole minute: recordings are not live media.
        let rewound = ViewerEvidence { live_fetches: 10, media_ms: 2_000, rewound_ms: 60_000, fetches: 40, ..person() };
        check(ViewerEvidence { outside: 6, credited_ms: 0, ..rewound }, Web, &[]);
        // A company whose people go out by many addresses, one request each.
        check(ViewerEvidence { addresses: 8, ..person() }, Web, &["many_addresses"]);
        // Twenty people of a campus looked in for some seconds, each with a page.
        check(
            ViewerEvidence { beats: 0, claimed_ms: 0, positions: 0, media_ms: 4_000, brief: 30, ..person() },
            Web,
            &[],
        );
        // A player of somebody else's that knows no positions is not counted, and no bot.
        check(ViewerEvidence { positions: 0, credited_ms: 0, ..person() }, Unknown, &["no_position"]);
        let vlc = ViewerEvidence {
            kind: Some(ViewerKind::Bare),
            media_ms: 60_000,
            served_ms: 60_000,
            fetches: 30,
            live_fetches: 30,
            playlists: 30,
            agent: "media_player".into(),
            ..stay(60)
        };
        check(vlc.clone(), Bare, &[]);
        check(ViewerEvidence { agent: "tool".into(), ..vlc.clone() }, Bare, &[]);
        // A look is no watching, and no crime.
        check(ViewerEvidence { media_ms: 6_000, ..vlc.clone() }, Unknown, &["little_evidence"]);
        check(ViewerEvidence { last_at: Millis(4_000), ..vlc.clone() }, Unknown, &["little_evidence"]);
        check(ViewerEvidence { kind: Some(ViewerKind::Web), ..vlc }, Bare, &[]); // The page's address, pasted into a player.
    }

    #[test]
    fn machines_are_machines() {
        use ViewerVerdict::{Bot, Unknown};
        let nothing_fetched = ViewerEvidence { fetches: 0, live_fetches: 0, media_ms: 0, served_ms: 0, ..person() };
        check(nothing_fetched.clone(), Bot, &["beats_without_media"]);
        let polls = ViewerEvidence { beats: 0, claimed_ms: 0, sockets: 0, ..nothing_fetched };
        check(polls, Bot, &["playlist_only"]);
        check(
            ViewerEvidence { live_fetches: 1, fetches: 1, media_ms: 2_000, ..person() },
            Bot,
            &["beats_exceed_media"],
        );
        check(ViewerEvidence { impossible: 3, ..person() }, Bot, &["claims_impossible"]);
        check(ViewerEvidence { served_ms: 960_000, ..person() }, Bot, &["pace_impossible"]);
        check(ViewerEvidence { still: 5, ..person() }, Bot, &["position_still"]);
        check(ViewerEvidence { lockstep: 5, cluster: 20, rush: 20, ..person() }, Bot, &["lock_step", "rush"]);
        check(
            ViewerEvidence { addresses: 6, served_ms: 360_000, ..person() },
            Bot,
            &["shared_token", "many_addresses"],
        );
        let one_segment = ViewerEvidence {
            kind: Some(ViewerKind::Bare),
            fetches: 1,
            live_fetches: 1,
            media_ms: 2_000,
            agent: "browser".into(),
            ..stay(0)
        };
        check(ViewerEvidence { brief: 19, ..one_segment.clone() }, Unknown, &["little_evidence"]);
        check(ViewerEvidence { brief: 20, ..one_segment }, Bot, &["many_brief"]);
        check(
            ViewerEvidence { positions: 0, credited_ms: 0, repeats: 5, ..person() },
            Bot,
            &["no_position", "claims_repeat"],
        );
        let downloads = ViewerEvidence { beats: 0, claimed_ms: 0, credited_ms: 0, sockets: 0, ..person() };
        check(downloads, Bot, &["never_shown"]);
        check(ViewerEvidence { agent: "headless".into(), ..person() }, Unknown, &["headless"]);
        check(
            ViewerEvidence { agent: "headless".into(), rush: 9, jitter_ms: Some(0), ..person() },
            Bot,
            &["headless", "rush", "machine_regular"],
        );
        check(ViewerEvidence { agent: "tool".into(), ..person() }, Unknown, &["tool_with_heartbeats"]);
    }

    #[test]
    fn behind_a_cdn_what_is_not_seen_proves_nothing() {
        let evidence = ViewerEvidence { fetches: 0, live_fetches: 0, media_ms: 0, served_ms: 0, ..person() };
        let judged =
            |evidence: &ViewerEvidence| judge(Facts { evidence, direct: false, logged: Logged::default() }).verdict;
        assert_eq!(judged(&evidence), ViewerVerdict::Web);
        assert_eq!(judged(&ViewerEvidence { addresses: 8, ..evidence.clone() }), ViewerVerdict::Web, "a CDN's own");
        assert_eq!(judged(&ViewerEvidence { still: 6, ..evidence.clone() }), ViewerVerdict::Bot);
        assert_eq!(judged(&ViewerEvidence { credited_ms: 0, ..evidence.clone() }), ViewerVerdict::Unknown);
        assert_eq!(judged(&ViewerEvidence { credited_ms: 0, cdn_segments: 20, ..evidence }), ViewerVerdict::Web);
    }

    #[test]
    fn what_complete_logs_do_not_show_did_not_happen() {
        let person = ViewerEvidence { fetches: 0, live_fetches: 0, media_ms: 0, served_ms: 0, ..person() };
        let judged = |evidence: &ViewerEvidence, complete, segment_ms| {
            let judgement = judge(Facts { evidence, direct: false, logged: Logged { complete, segment_ms } });
            (judgement.verdict, judgement.reasons.first().copied().unwrap_or_default())
        };
        let fetched = |cdn_segments| ViewerEvidence { cdn_segments, ..person.clone() };
        assert_eq!(judged(&fetched(0), false, None), (ViewerVerdict::Web, ""));
        assert_eq!(judged(&fetched(0), true, None), (ViewerVerdict::Bot, "beats_without_media"));
        assert_eq!(judged(&fetched(30), true, Some(2_000)), (ViewerVerdict::Web, ""));
        assert_eq!(judged(&fetched(3), true, Some(2_000)), (ViewerVerdict::Bot, "beats_exceed_media"));
        assert_eq!(
            judged(&fetched(3), false, Some(2_000)),
            (ViewerVerdict::Web, ""),
            "another node may have sent more"
        );
        assert_eq!(judged(&fetched(3), true, None), (ViewerVerdict::Web, ""), "they may be long");
        assert_eq!(judged(&fetched(300), false, Some(2_000)), (ViewerVerdict::Bot, "pace_impossible"));
        let downloads = ViewerEvidence { beats: 0, claimed_ms: 0, sockets: 0, agent: String::new(), ..fetched(30) };
        assert_eq!(judged(&downloads, false, Some(2_000)), (ViewerVerdict::Bot, "never_shown"));
        let pasted = ViewerEvidence { agent: "media_player".into(), ..downloads };
        assert_eq!(judged(&pasted, false, Some(2_000)), (ViewerVerdict::Bare, ""));
    }

    #[test]
    fn codes_stand_once_and_strongest_first() {
        let mut codes: Vec<_> = RULES.iter().map(|rule| rule.code).collect();
        assert!(RULES.windows(2).all(|pair| pair[0].points >= pair[1].points));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), RULES.len());
    }
}
