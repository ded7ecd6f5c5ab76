//! Parts 分片块: what low-latency players may rely on, for all kinds of streams.

use crate::packaging::{CUTS, package_with, push, runs};
use crate::show::{self, Tag};
use events::{BroadcastId, Millis};
use media::clock::Clock;
use media::hls::{HlsStream, Retention};
use media::packager::{Cuts, Output, Packager};

const PART: i64 = 200 * 90 * 21 / 20;
const LOW: Cuts = Cuts { part: PART, ..CUTS };
const RETENTION: Retention = Retention { listed: 6, segments: 9, bytes: 48 << 20, target_s: 4, part: PART as u64 };

/// A playlist as a low-latency player sees it; times in microseconds.
#[derive(Debug, Default)]
pub struct Listed {
    pub first: u64,
    pub target_s: u64,
    pub part_target: u64,
    pub hold_back: u64,
    pub segments: Vec<ListedSegment>,
    pub hint: Option<(u64, usize)>,
    pub ended: bool,
}

/// The last one of a playlist may be open.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ListedSegment {
    pub duration: Option<u64>,
    /// Length, name, independent.
    pub parts: Vec<(u64, (u64, usize), bool)>,
    pub discontinuity: bool,
    pub dated: bool,
}

pub fn read(text: &str) -> Listed {
    let attribute = |line: &str, name: &str| -> Option<String> {
        let rest = &line[line.find(&format!("{name}="))? + name.len() + 1..];
        Some(rest.trim_start_matches('"').split([',', '"']).next().unwrap().to_owned())
    };
    let micros = |text: String| (text.parse::<f64>().unwrap() * 1e6).round() as u64;
    let name = |uri: String| -> (u64, usize) {
        let file = uri.split('?').next().unwrap().rsplit('/').next().unwrap().strip_suffix(".m4s").unwrap().to_owned();
        let (sequence, part) = file.split_once('.').unwrap();
        (sequence.parse().unwrap(), part.parse().unwrap())
    };
    let mut listed = Listed::default();
    let mut open = ListedSegment::default();
    for line in text.lines() {
        if line.starts_with("#EXT-X-SERVER-CONTROL:") {
            assert!(line.contains("CAN-BLOCK-RELOAD=YES"));
            listed.hold_back = micros(attribute(line, "PART-HOLD-BACK").unwrap());
        } else if line.starts_with("#EXT-X-PART-INF:") {
            listed.part_target = micros(attribute(line, "PART-TARGET").unwrap());
        } else if let Some(target) = line.strip_prefix("#EXT-X-TARGETDURATION:") {
            listed.target_s = target.parse().unwrap();
        } else if let Some(first) = line.strip_prefix("#EXT-X-MEDIA-SEQUENCE:") {
            listed.first = first.parse().unwrap();
        } else if line == "#EXT-X-DISCONTINUITY" {
            open.discontinuity = true;
        } else if line.starts_with("#EXT-X-PROGRAM-DATE-TIME:") {
            open.dated = true;
        } else if line.starts_with("#EXT-X-PART:") {
            assert!(open.dated, "a part belongs to a dated segment");
            let length = micros(attribute(line, "DURATION").unwrap());
            open.parts.push((length, name(attribute(line, "URI").unwrap()), line.ends_with("INDEPENDENT=YES")));
        } else if let Some(duration) = line.strip_prefix("#EXTINF:") {
            open.duration = Some(micros(duration.trim_end_matches(',').to_owned()));
            listed.segments.push(std::mem::take(&mut open));
        } else if line.starts_with("#EXT-X-PRELOAD-HINT:TYPE=PART,") {
            listed.hint = Some(name(attribute(line, "URI").unwrap()));
        } else if line == "#EXT-X-ENDLIST" {
            listed.ended = true;
        }
    }
    if !open.parts.is_empty() {
        listed.segments.push(open);
    }
    listed
}

/// What holds for every playlist.
fn check(listed: &Listed) {
    assert_eq!((listed.target_s, listed.part_target, listed.hold_back), (4, 210_000, 630_000), "they never change");
    let finished = || listed.segments.iter().filter_map(|segment| segment.duration);
    assert!(
        finished().all(|duration| (duration + 500_000) / 1_000_000 <= listed.target_s),
        "{:?}",
        finished().collect::<Vec<_>>()
    );
    assert!(listed.first == 0 || finished().sum::<u64>() >= 3 * listed.target_s * 1_000_000, "too short a playlist");
    let mut shown = 0;
    for (n, segment) in listed.segments.iter().enumerate() {
        let sequence = listed.first + n as u64;
        for (m, (length, name, _)) in segment.parts.iter().enumerate() {
            assert_eq!(*name, (sequence, m), "parts are named in their order");
            assert!(*length <= listed.part_target, "a part of {length} us, announced are {}", listed.part_target);
        }
        if let (Some(duration), false) = (segment.duration, segment.parts.is_empty()) {
            shown += 1;
            let sum: u64 = segment.parts.iter().map(|part| part.0).sum();
            assert!(sum.abs_diff(duration) <= segment.parts.len() as u64, "parts make {sum}, the segment {duration}");
        }
        assert!(segment.dated);
    }
    let finished = listed.segments.iter().filter(|segment| segment.duration.is_some()).count();
    assert_eq!(shown, finished.min(2), "the last two finished segments show their parts");
    if listed.ended {
        assert_eq!(listed.hint, None);
        return;
    }
    let open = listed.segments.last().filter(|segment| segment.duration.is_none());
    let next = (listed.first + finished as u64, open.map_or(0, |open| open.parts.len()));
    assert_eq!(listed.hint, Some(next), "the hint names what comes next");
}

/// Packages and publishes the tags one by one; every playlist on the way is checked. Answers the last one, and how many
/// parts there were, how many of them between 85 and 100 % of the usual length or last of their segment.
fn publish(tags: &[Tag]) -> (Listed, usize, usize) {
    let (mut packager, mut clock) = (Packager::new(LOW), Clock::default());
    let stream = HlsStream::new(BroadcastId::new(), Millis(0), Millis(0), false, RETENTION);
    let (mut parts, mut proper) = (0, 0);
    let mut hinted = None;
    let mut take = |out: &mut Vec<Output>| {
        for output in out.drain(..) {
            let Output::Fragment(fragment) = output else {
                let Output::Init { data, .. } = output else { unreachable!() };
                stream.init(data);
                continue;
            };
            parts += 1;
            let usual = (PART as u64 * 85 / 100..=PART as u64).contains(&fragment.duration);
            proper += usize::from(usual || fragment.ends_segment && fragment.duration <= PART as u64);
            stream.push(fragment);
            let Some(playlist) = stream.playlist() else { continue };
            let listed = read(&playlist.with_token("T"));
            check(&listed);
            let newest = listed.segments.last().unwrap().parts.last().unwrap().1;
            if let Some(hinted) = hinted.replace(listed.hint.unwrap()) {
                assert_eq!(newest, hinted, "what was announced has come");
            }
        }
    };
    let mut out = Vec::new();
    for (n, tag) in tags.iter().enumerate() {
        push(&mut packager, &mut clock, tag, Millis(n as i64), &mut out);
        take(&mut out);
    }
    packager.finish(&mut out);
    take(&mut out);
    stream.end();
    let listed = read(&stream.playlist().unwrap().with_token("T"));
    check(&listed);
    (listed, parts, proper)
}

/// Pictures at these milliseconds, a key frame every `key_every`, with sound.
fn pictures_at(times: impl Iterator<Item = u32>, key_every: u32, sound: bool) -> Vec<Tag> {
    let mut tags: Vec<Tag> = times.zip(0..).map(|(ms, n)| show::picture(n, n.is_multiple_of(key_every), ms)).collect();
    let end = tags.last().unwrap().timestamp;
    if sound {
        tags.extend((0..end * 441 / 10 / 1024).map(|n| show::sound(n, n * 10_240 / 441)));
        tags.sort_by_key(|tag| tag.timestamp);
    }
    let mut all = vec![show::video_config(), show::audio_config()];
    all.append(&mut tags);
    all
}

#[test]
fn parts_of_the_common_frame_rates_are_of_the_right_length() {
    for rate in [10.0, 15.0, 20.0, 23.976, 24.0, 25.0, 29.97, 30.0, 48.0, 50.0, 59.94, 60.0] {
        let times = (0..(9.0 * rate) as u32).map(|n| (f64::from(n) * 1000.0 / rate) as u32);
        let (listed, parts, proper) = publish(&pictures_at(times, (2.0 * rate) as u32, true));
        assert!(parts >= 40, "{rate} frames a second made {parts} parts");
        assert_eq!(parts, proper, "at {rate} frames a second");
        assert_eq!(listed.part_target, 210_000);
        assert!(
            listed.segments.iter().rev().skip(1).all(|segment| segment.duration.unwrap().abs_diff(2_000_000) < 90_000)
        );
    }
}

#[test]
fn each_part_can_be_read_and_goes_on_where_the_last_one_stopped() {
    let made = package_with(LOW, &show::tags(0, 10_000, 50));
    assert_eq!(made.fragments.len(), 50);
    for track in [1, 2] {
        let runs: Vec<_> = made.fragments.iter().filter_map(|fragment| runs(fragment, track)).collect();
        for pair in runs.windows(2) {
            assert_eq!(pair[0].0 + pair[0].2, pair[1].0, "track {track} goes on where it stopped");
        }
        let samples: usize = runs.iter().map(|run| run.1).sum();
        assert_eq!(samples, if track == 1 { 250 } else { 430 });
    }
    let key: Vec<usize> = (0..50).filter(|n| made.fragments[*n].independent).collect();
    let last: Vec<usize> = (0..50).filter(|n| made.fragments[*n].ends_segment).collect();
    assert_eq!((key, last), (vec![0, 10, 20, 30, 40], vec![9, 19, 29, 39, 49]));
    assert_eq!(made.fragments.iter().map(|fragment| fragment.duration).sum::<u64>(), 10 * 90_000);
}

#[test]
fn b_frames() {
    let (listed, parts, proper) = publish(&show::tags(0, 10_000, 50));
    assert_eq!((parts, proper), (50, 50));
    assert!(listed.segments.iter().all(|segment| segment.duration == Some(2_000_000)));
}

#[test]
fn a_variable_frame_rate_keeps_its_times() {
    let mut dice = 12_345u32;
    let mut at = 0;
    let times: Vec<u32> = (0..600)
        .map(|_| {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            at += [8, 16, 17, 33, 34, 50, 67, 120][(dice >> 24) as usize % 8];
            at
        })
        .collect();
    let length = u64::from(times[599] - times[0]);
    let tags = pictures_at(times.into_iter(), 45, true);
    let made = package_with(LOW, &tags);
    let whole: u64 = made.fragments.iter().map(|fragment| fragment.duration).sum();
    let last = 90 * 8..=90 * 120;
    assert!(last.contains(&(whole - length * 90)), "parts last as long as the pictures");
    publish(&tags);
}

/// Pictures at these times among sound: parts are of the usual length, and the video has neither holes nor guesses.
fn late_pictures_hold_nothing_back(times: &[u32], key_every: u32) -> Vec<(u64, u32)> {
    let tags = pictures_at(times.iter().copied(), key_every, true);
    publish(&tags);
    let made = package_with(LOW, &tags);
    let mut at = None;
    for fragment in &made.fragments {
        let Some((start, _, durations)) = runs(fragment, 1) else { continue };
        assert!(at.is_none_or(|at| at == start), "pictures go on at {at:?}, not at {start}");
        at = Some(start + durations);
    }
    let pictures: u32 = made.fragments.iter().map(|fragment| fragment.pictures).sum();
    assert_eq!(pictures as usize, times.len(), "every picture once");
    let whole: u64 = made.fragments.iter().map(|fragment| fragment.duration).sum();
    let length = u64::from(times[times.len() - 1] - times[0]) * 90;
    assert!((length..length + 200_000).contains(&whole), "parts last {whole}, pictures {length}");
    made.fragments.iter().map(|fragment| (fragment.duration, fragment.pictures)).collect()
}

#[test]
fn a_picture_that_comes_late_holds_no_sound_back() {
    let times: Vec<u32> = (0..300u32).map(|n| n * 33 + if n > 190 { 900 } else { 0 }).collect();
    let parts = late_pictures_hold_nothing_back(&times, 60);
    let alone = parts.iter().filter(|(_, pictures)| *pictures == 0).count();
    assert!((3..=5).contains(&alone), "900 ms are four parts of sound: {alone}");
}

#[test]
fn slow_pictures_with_sound() {
    for every in [220, 250, 333, 500, 700, 1_000, 1_500] {
        let times: Vec<u32> = (0..20_000 / every).map(|n| n * every).collect();
        let parts = late_pictures_hold_nothing_back(&times, (2_000 / every).max(1));
        assert!(parts.len() >= 90, "{every} ms: {} parts", parts.len());
        late_pictures_hold_nothing_back(&times, 10_000);
    }
}

#[test]
fn slow_pictures_alone_make_longer_parts_and_segments_keep_to_their_length() {
    for every in [250, 500, 900, 1_300] {
        let times = (0..30_000 / every).map(|n| n * every);
        let tags: Vec<Tag> = pictures_at(times, 10_000, false);
        let made = package_with(LOW, &tags);
        assert!(made.fragments.iter().all(|fragment| fragment.pictures == 1));
        let (mut length, mut segments) = (0, Vec::new());
        for fragment in &made.fragments {
            length += fragment.duration;
            if fragment.ends_segment {
                segments.push(std::mem::take(&mut length));
            }
        }
        assert!(segments.iter().all(|length| *length < 4_500 * 90), "{every} ms: {segments:?}");
    }
}

#[test]
fn sound_that_is_sent_ahead_of_its_pictures() {
    // The muxer sends sound 600 ms early, with the right times.
    let mut tags = show::tags(0, 20_000, 50);
    tags[2..].sort_by_key(|tag| if tag.video { tag.timestamp + 600 } else { tag.timestamp });
    let (listed, parts, proper) = publish(&tags);
    assert!(parts >= 95 && parts - proper <= 12, "{proper} of {parts} parts are as usual");
    assert!(listed.segments.iter().rev().skip(1).all(|segment| segment.duration.unwrap() >= 1_500_000));
    let made = package_with(LOW, &tags);
    let pictures: u32 = made.fragments.iter().map(|fragment| fragment.pictures).sum();
    assert_eq!(pictures, 500);
}

#[test]
fn sound_goes_on_in_parts_while_the_picture_is_gone() {
    let tags: Vec<Tag> = show::tags(0, 40_000, 50)
        .into_iter()
        .filter(|tag| !tag.video || !(10_000..30_000).contains(&tag.timestamp))
        .collect();
    let (_, parts, proper) = publish(&tags);
    assert!(parts > 150 && parts - proper <= 4, "{proper} of {parts} parts are as usual");
}

#[test]
fn sound_alone_and_pictures_alone() {
    let all = show::tags(0, 10_000, 50);
    let video: Vec<Tag> = all.iter().filter(|tag| tag.video).cloned().collect();
    let (listed, parts, proper) = publish(&video);
    assert_eq!((parts, proper, listed.segments.len()), (50, 50, 5));
    let audio: Vec<Tag> = all.iter().filter(|tag| !tag.video).cloned().collect();
    let (listed, parts, proper) = publish(&audio);
    assert_eq!((parts, listed.segments.len()), (proper, 5));
    assert!(
        listed.segments.iter().flat_map(|segment| &segment.parts).all(|part| part.2),
        "sound is always independent"
    );
}

#[test]
fn another_configuration_and_a_jump_of_the_clock_in_mid_stream() {
    let mut tags = show::tags(0, 5_000, 50);
    let mut record = show::AVC_RECORD.to_vec();
    record[3] = 0x1f;
    let config = [&[0x17, 0, 0, 0, 0], &record[..]].concat();
    tags.push(Tag { video: true, timestamp: 5_000, payload: config.into() });
    tags.extend(show::tags(5_000, 4_000, 50).into_iter().skip(2));
    tags.extend(show::tags(3_600_000, 3_000, 50).into_iter().skip(2));
    let (listed, _, _) = publish(&tags);
    let breaks: Vec<bool> = listed.segments.iter().map(|segment| segment.discontinuity).collect();
    assert_eq!(breaks, [false, false, false, true, false, false, false], "the jump does not show");
}

#[test]
fn without_key_frames() {
    let (listed, _, _) = publish(&show::tags(0, 40_000, 10_000));
    assert!(listed.segments.iter().all(|segment| segment.duration.unwrap() <= 4_000_000));
}

#[test]
fn low_latency_may_be_off() {
    let off = Retention { part: 0, ..RETENTION };
    let stream = HlsStream::new(BroadcastId::new(), Millis(0), Millis(0), false, off);
    for output in {
        let mut out = Vec::new();
        let (mut packager, mut clock) = (Packager::new(CUTS), Clock::default());
        for tag in show::tags(0, 5_000, 50) {
            push(&mut packager, &mut clock, &tag, Millis(0), &mut out);
        }
        out
    } {
        match output {
            Output::Init { data, .. } => stream.init(data),
            Output::Fragment(fragment) => stream.push(fragment),
        };
    }
    let text = stream.playlist().unwrap().with_token("T");
    assert!(!text.contains("PART") && !text.contains("SERVER-CONTROL"), "{text}");
}
