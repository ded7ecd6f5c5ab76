//! What is kept for how long, where a moment of the show stands in its recording, and what may be cut. Pure.

use super::index::Entry;
use app::Refuse;
use events::{BroadcastId, Millis, RemovalReason, RoomId};

/// Up to this much an arrival may be off before the recording's clock follows it: networks deliver unevenly.
const JITTER_MS: i64 = 500;
/// A hole in the recording longer than this makes another piece.
const HOLE_MS: i64 = 1_000;
const LONGEST_CLIP_MS: i64 = 600_000;
/// No moment of a show is further from its beginning.
const FURTHEST_MS: i64 = 3_650 * DAY_MS;
const MAX_TITLE: usize = 100;
/// The end of a clip may lie so far behind the end of a complete recording.
const SLACK_MS: i64 = 2_000;
const DAY_MS: i64 = 86_400_000;

/// What a room's recordings may take. 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub enabled: bool,
    pub keep_days: u32,
    pub keep_bytes: u64,
    /// Whether viewers may watch its shows again.
    pub replays_public: bool,
}

impl Rule {
    /// When a recording that ended then is removed by its age.
    pub fn keep_until(&self, ended_at: Millis) -> Option<Millis> {
        (self.keep_days > 0).then(|| ended_at.plus_ms(i64::from(self.keep_days) * DAY_MS))
    }
}

/// Where a segment begins on the wall clock: its arrival, without the network's unevenness. `before` is the start and the
/// length of the segment before it.
pub fn place(before: Option<(i64, i64)>, entry: &Entry) -> i64 {
    let Some((start, length)) = before else { return entry.arrived };
    let expected = start + length;
    let continues = !entry.gap && !entry.discontinuity && (entry.arrived - expected).abs() <= JITTER_MS;
    if continues { expected } else { entry.arrived.max(start + 1) }
}

/// A part of a show without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub start: i64,
    pub end: i64,
}

/// What was recorded without a break: segments with their starts.
pub fn spans(placed: impl Iterator<Item = (i64, Entry)>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (start, entry) in placed {
        let end = start + entry.duration_ms();
        match spans.last_mut() {
            Some(last) if !entry.gap && !entry.discontinuity && start - last.end <= HOLE_MS => {
                last.end = end.max(last.end)
            }
            _ => spans.push(Span { start, end }),
        }
    }
    spans
}

/// A recording, as far as its keeping is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub broadcast: BroadcastId,
    pub room: RoomId,
    pub bytes: u64,
    /// How many of them are on this disk.
    pub on_disk: u64,
    /// None while the show runs.
    pub ended_at: Option<Millis>,
    pub rule: Rule,
}

/// What all recordings together have to keep to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// Most bytes, if there is a limit.
    pub most: Option<u64>,
    /// Bytes that have to become free on this disk, or nothing is recorded any more.
    pub missing: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    Whole(BroadcastId, RemovalReason),
    /// The oldest so many bytes of a show that runs.
    Oldest(BroadcastId, u64),
}

/// What has to go, oldest first: by age, by the room's bytes, by all bytes, and last for the disk. Of a running show only the
/// beginning goes, when nothing else is left, and never for the disk.
pub fn expired(recordings: &[Kept], room: Room, now: Millis) -> Vec<Removal> {
    let mut kept: Vec<Kept> = recordings.to_vec();
    kept.sort_by_key(|kept| (kept.ended_at.is_none(), kept.ended_at));
    let mut removals = Vec::new();
    let mut missing = room.missing;
    kept.retain(|kept| {
        let over = kept.ended_at.and_then(|ended_at| kept.rule.keep_until(ended_at)).is_some_and(|until| until <= now);
        if over {
            removals.push(Removal::Whole(kept.broadcast, RemovalReason::Age));
            missing = missing.saturating_sub(kept.on_disk);
        }
        !over
    });
    let mut rooms: Vec<(RoomId, u64)> = kept.iter().map(|kept| (kept.room, kept.rule.keep_bytes)).collect();
    rooms.sort_unstable();
    rooms.dedup_by_key(|(room, _)| *room);
    for (room, limit) in rooms.into_iter().filter(|(_, limit)| *limit > 0) {
        missing = missing.saturating_sub(shrink(&mut kept, |kept| kept.room == room, limit, &mut removals));
    }
    if let Some(most) = room.most {
        missing = missing.saturating_sub(shrink(&mut kept, |_| true, most, &mut removals));
    }
    for kept in kept.iter().filter(|kept| kept.ended_at.is_some() && kept.on_disk > 0) {
        if missing == 0 {
            break;
        }
        removals.push(Removal::Whole(kept.broadcast, RemovalReason::Space));
        missing = missing.saturating_sub(kept.on_disk);
    }
    removals
}

/// Answers how many bytes become free on this disk.
fn shrink(kept: &mut Vec<Kept>, of: impl Fn(&Kept) -> bool, limit: u64, removals: &mut Vec<Removal>) -> u64 {
    let mut bytes: u64 = kept.iter().filter(|kept| of(kept)).map(|kept| kept.bytes).sum();
    let mut freed = 0;
    kept.retain_mut(|kept| {
        if bytes <= limit || !of(kept) {
            return true;
        }
        if kept.ended_at.is_some() {
            removals.push(Removal::Whole(kept.broadcast, RemovalReason::Space));
            bytes -= kept.bytes;
            freed += kept.on_disk;
            return false;
        }
        let over = (bytes - limit).min(kept.bytes);
        removals.push(Removal::Oldest(kept.broadcast, over));
        bytes -= over;
        kept.bytes -= over;
        true
    });
    freed
}

/// A clip's wish, checked as far as it can be without the recording. Milliseconds from the beginning of the show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipRange {
    pub start_ms: i64,
    pub end_ms: i64,
    pub title: String,
}

impl ClipRange {
    pub fn new(start_ms: i64, end_ms: i64, title: &str) -> Result<Self, Refusal> {
        let title = title.trim();
        let length = title.chars().count();
        if length == 0 || length > MAX_TITLE || title.chars().any(char::is_control) {
            return Err(Refusal::BadTitle);
        }
        let within = 0 <= start_ms && start_ms < end_ms && end_ms <= FURTHEST_MS;
        if !within || end_ms - start_ms > LONGEST_CLIP_MS {
            return Err(Refusal::BadRange);
        }
        Ok(Self { start_ms, end_ms, title: title.to_owned() })
    }
}

/// What a clip is cut from: positions of entries, and the wall clock the cut really has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    pub from: usize,
    pub until: usize,
    pub start: i64,
    pub end: i64,
}

/// Finds the segments of a range (wall clock). `zero` is the show's beginning. Breaks of the same configuration are joined.
pub fn find_cut(placed: &[(i64, Entry)], start: i64, end: i64, complete: bool, zero: i64) -> Result<Cut, Refusal> {
    let over = |at: &(i64, Entry)| at.0 + at.1.duration_ms();
    let recorded_until = placed.last().map_or(i64::MIN, over);
    if end > recorded_until && !complete {
        return Err(Refusal::NotRecordedYet);
    }
    let from = placed.iter().position(|at| over(at) > start).ok_or(Refusal::NotRecorded)?;
    let until = placed.iter().rposition(|at| at.0 < end).map_or(0, |last| last + 1);
    if until <= from || end > recorded_until.saturating_add(SLACK_MS) {
        return Err(Refusal::NotRecorded);
    }
    let (Some(first), Some(rest)) = (placed.get(from), placed.get(from..until)) else {
        return Err(Refusal::NotRecorded);
    };
    if let Some(broken) = rest.iter().find(|at| at.1.init != first.1.init) {
        return Err(Refusal::CrossesBreak(broken.0 - zero));
    }
    let last_end = rest.iter().map(over).max().unwrap_or(end);
    Ok(Cut { from, until, start: start.max(first.0), end: end.min(last_end) })
}

/// Where decoding has to begin for `from` to be shown: at a segment that begins with a key frame, if there is one.
pub fn first_needed(placed: &[(i64, Entry)], from: usize) -> usize {
    let mut first = from;
    while let Some((_, entry)) = placed.get(first)
        && !entry.independent
        && !entry.breaks()
        && first > 0
    {
        first -= 1;
    }
    first
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a title is 1 to {MAX_TITLE} characters on one line")]
    BadTitle,
    #[error("a clip begins at 0 or later, ends after its beginning, and is at most 10 minutes long")]
    BadRange,
    #[error("this part of the show was not recorded, or is not kept any more")]
    NotRecorded,
    #[error("the show has not come so far yet")]
    NotRecordedYet,
    #[error("the stream began again in another form at {0} ms; cut before or after it")]
    CrossesBreak(i64),
    #[error("no picture before {0} ms can be decoded by itself; begin there")]
    NoKeyFrame(i64),
    #[error("too many clips are being cut; try again in some seconds")]
    ClipsBusy,
    #[error("there is no such clip")]
    UnknownClip,
    #[error("the files of this clip are gone")]
    ClipGone,
    #[error("there is no such thumbnail")]
    UnknownThumbnail,
    #[error("this segment is not kept any more")]
    SegmentGone,
    #[error("`keep_days` is at most 3650, `keep_gb` at most 1000000")]
    BadRule,
    #[error("this show is being recorded; end it first")]
    StillRecording,
    #[error("this show is held by law; release the hold first")]
    Held,
    #[error("the disk is nearly full")]
    NoSpace,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::BadTitle => "bad_title",
            Refusal::BadRange => "bad_range",
            Refusal::NotRecorded => "not_recorded",
            Refusal::NotRecordedYet => "not_recorded_yet",
            Refusal::CrossesBreak(_) => "clip_crosses_break",
            Refusal::NoKeyFrame(_) => "no_key_frame",
            Refusal::ClipsBusy => "clips_busy",
            Refusal::UnknownClip => "clip_not_found",
            Refusal::ClipGone => "clip_gone",
            Refusal::UnknownThumbnail => "thumbnail_not_found",
            Refusal::SegmentGone => "segment_gone",
            Refusal::BadRule => "bad_rule",
            Refusal::StillRecording => "still_recording",
            Refusal::Held => "held",
            Refusal::NoSpace => "no_space",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Refusal::BadTitle | Refusal::BadRange | Refusal::BadRule => 400,
            Refusal::NotRecorded | Refusal::UnknownClip | Refusal::UnknownThumbnail | Refusal::SegmentGone => 404,
            Refusal::ClipGone => 410,
            Refusal::NotRecordedYet
            | Refusal::CrossesBreak(_)
            | Refusal::NoKeyFrame(_)
            | Refusal::StillRecording
            | Refusal::Held => 409,
            Refusal::ClipsBusy => 503,
            Refusal::NoSpace => 507,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Refusal::NotRecordedYet => Some(2),
            Refusal::ClipsBusy => Some(5),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(arrived: i64, seconds: u64) -> Entry {
        Entry {
            init: 0,
            chunk: 0,
            offset: 0,
            length: 0,
            crc: 0,
            duration: seconds * 90_000,
            arrived,
            discontinuity: false,
            independent: true,
            gap: false,
        }
    }

    fn placed(entries: &[Entry]) -> Vec<(i64, Entry)> {
        let mut before = None;
        let place = |entry: &Entry| {
            let start = place(before, entry);
            before = Some((start, entry.duration_ms()));
            (start, *entry)
        };
        entries.iter().map(place).collect()
    }

    #[test]
    fn uneven_arrivals_make_an_even_clock_that_never_runs_away() {
        let starts = |arrivals: &[i64]| -> Vec<i64> {
            let entries: Vec<Entry> = arrivals.iter().map(|at| entry(*at, 2)).collect();
            placed(&entries).iter().map(|at| at.0).collect()
        };
        assert_eq!(starts(&[0, 2_100, 3_900, 6_000]), [0, 2_000, 4_000, 6_000]);
        // A stall of 5 s, and the encoder catches up afterwards.
        assert_eq!(starts(&[0, 7_000, 7_100, 8_000]), [0, 7_000, 7_100, 8_000]);
    }

    #[test]
    fn breaks_make_pieces() {
        let mut again = entry(20_000, 2);
        again.discontinuity = true;
        let spans = spans(placed(&[entry(0, 2), entry(2_000, 2), entry(9_000, 2), again]).into_iter());
        let pieces: Vec<(i64, i64)> = spans.iter().map(|span| (span.start, span.end)).collect();
        assert_eq!(pieces, [(0, 4_000), (9_000, 11_000), (20_000, 22_000)]);
    }

    const FREE: Rule = Rule { enabled: true, keep_days: 0, keep_bytes: 0, replays_public: true };

    fn kept(n: u128, room: u128, bytes: u64, ended_at: Option<i64>, rule: Rule) -> Kept {
        let id = uuid::Uuid::from_u128;
        let (broadcast, room) = (BroadcastId(id(n)), RoomId(id(room)));
        Kept { broadcast, room, bytes, on_disk: bytes, ended_at: ended_at.map(Millis), rule }
    }

    fn shown(recordings: &[Kept], total: u64, now: i64) -> Vec<String> {
        let most = (total > 0).then_some(total);
        named(&expired(recordings, Room { most, missing: 0 }, Millis(now)))
    }

    fn named(removals: &[Removal]) -> Vec<String> {
        let name = |id: BroadcastId| id.0.as_u128();
        removals
            .iter()
            .map(|removal| match removal {
                Removal::Whole(id, reason) => format!("{} {reason:?}", name(*id)),
                Removal::Oldest(id, bytes) => format!("{} -{bytes}", name(*id)),
            })
            .collect()
    }

    #[test]
    fn age_then_room_then_total() {
        let free = FREE;
        let month = Rule { keep_days: 30, ..free };
        let small = Rule { keep_bytes: 100, ..free };
        assert_eq!(shown(&[kept(1, 1, 10, Some(0), month)], 0, 30 * DAY_MS - 1), [] as [&str; 0]);
        assert_eq!(shown(&[kept(1, 1, 10, Some(0), month)], 0, 30 * DAY_MS), ["1 Age"]);
        let room = [kept(2, 1, 60, Some(2), small), kept(1, 1, 60, Some(1), small), kept(3, 2, 90, Some(0), small)];
        assert_eq!(shown(&room, 0, 9), ["1 Space"]);
        assert_eq!(shown(&room, 100, 9), ["1 Space", "3 Space"]);
        assert_eq!(shown(&[kept(1, 1, 50, Some(1), free), kept(2, 1, 50, None, free)], 80, 9), ["1 Space"]);
    }

    #[test]
    fn a_running_show_alone_over_the_limit_loses_its_beginning() {
        let small = Rule { keep_days: 1, keep_bytes: 100, ..FREE };
        assert_eq!(shown(&[kept(1, 1, 130, None, small)], 0, 9), ["1 -30"]);
        assert_eq!(shown(&[kept(1, 1, 130, None, small)], 50, 9), ["1 -30", "1 -50"]);
    }

    #[test]
    fn for_the_disk_the_oldest_complete_shows_go_and_only_as_many_as_needed() {
        let month = Rule { keep_days: 30, ..FREE };
        let mut all = [kept(1, 1, 50, Some(1), FREE), kept(2, 2, 50, Some(2), FREE), kept(3, 1, 900, None, FREE)];
        let needing = |all: &[Kept], missing: u64| named(&expired(all, Room { most: None, missing }, Millis(9)));
        assert_eq!(needing(&all, 0), [] as [&str; 0]);
        assert_eq!(needing(&all, 1), ["1 Space"]);
        assert_eq!(needing(&all, 51), ["1 Space", "2 Space"]);
        assert_eq!(needing(&all, 5_000), ["1 Space", "2 Space"], "a show is not cut for it");
        // Removing what is elsewhere makes no room here.
        all[0].on_disk = 0;
        assert_eq!(needing(&all, 20), ["2 Space"]);
        // What age removes counts.
        let aged = [kept(1, 1, 50, Some(0), month), kept(2, 2, 50, Some(2), FREE)];
        let room = Room { most: None, missing: 50 };
        assert_eq!(named(&expired(&aged, room, Millis(30 * DAY_MS))), ["1 Age"]);
    }

    #[test]
    fn clips_have_a_title_and_a_sane_range() {
        assert!(ClipRange::new(0, 600_000, " 开场 ").is_ok_and(|clip| clip.title == "开场"));
        assert_eq!(ClipRange::new(0, 600_001, "a"), Err(Refusal::BadRange));
        assert_eq!(ClipRange::new(-1, 5, "a"), Err(Refusal::BadRange));
        assert_eq!(ClipRange::new(5, 5, "a"), Err(Refusal::BadRange));
        assert_eq!(ClipRange::new(0, i64::MAX, "a"), Err(Refusal::BadRange));
        assert_eq!(ClipRange::new(i64::MAX - 5, i64::MAX, "a"), Err(Refusal::BadRange));
        assert_eq!(ClipRange::new(i64::MIN, i64::MIN + 5, "a"), Err(Refusal::BadRange));
        assert_eq!(ClipRange::new(0, 5, " \n"), Err(Refusal::BadTitle));
    }

    #[test]
    fn cuts_stay_within_what_was_recorded() {
        let mut other = entry(20_000, 2);
        (other.discontinuity, other.init) = (true, 1);
        let mut same = entry(9_000, 2);
        same.discontinuity = true;
        let all = placed(&[entry(0, 2), entry(2_000, 2), same, other]);
        let cut = |start, end| find_cut(&all, start, end, true, 0);
        assert_eq!(cut(500, 3_000), Ok(Cut { from: 0, until: 2, start: 500, end: 3_000 }));
        assert_eq!(cut(3_000, 10_000), Ok(Cut { from: 1, until: 3, start: 3_000, end: 10_000 }), "joined");
        assert_eq!(cut(5_000, 10_000), Ok(Cut { from: 2, until: 3, start: 9_000, end: 10_000 }), "from the hole on");
        assert_eq!(cut(5_000, 8_000), Err(Refusal::NotRecorded));
        assert_eq!(cut(9_500, 21_000), Err(Refusal::CrossesBreak(20_000)));
        assert_eq!(cut(20_000, 23_000).map(|cut| cut.end), Ok(22_000));
        assert_eq!(cut(20_000, 25_000), Err(Refusal::NotRecorded));
        assert_eq!(find_cut(&all, 20_000, 23_000, false, 0), Err(Refusal::NotRecordedYet));
    }
}
